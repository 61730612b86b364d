using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace EcsFargateLogin.Tests.Architecture;

/// <summary>
/// An assembly of this repository, read as a file: the types that have a source in its project, and what each of them names.
/// Constants are not among that, because the compiler puts their values in their places.
/// </summary>
internal sealed class CompiledAssembly
{
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    private readonly Func<int, MethodBodyBlock> _bodyAt;
    private readonly MetadataReader _metadata;
    private readonly MetadataReader _symbols;
    private readonly string _project;

    private CompiledAssembly(string name)
    {
        Name = name;
        _project = $"src/{name}/";
        var path = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
        using PEReader file = new(File.OpenRead(path), PEStreamOptions.PrefetchEntireImage);
        _bodyAt = file.GetMethodBody;
        _metadata = file.GetMetadataReader();
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(
            File.OpenRead(Path.ChangeExtension(path, ".pdb")), MetadataStreamOptions.PrefetchMetadata);
        _symbols = symbols.GetMetadataReader();
        Types = [.. _metadata.TypeDefinitions.Where(type => !IsNested(type)).Select(Read).OfType<CompiledType>()];
    }

    /// <summary>The one that names neither PowerShell nor the AWS SDK.</summary>
    public static CompiledAssembly OfCore { get; } = new("EcsFargateLogin.Core");

    /// <summary>The one that names PowerShell.</summary>
    public static CompiledAssembly OfSurface { get; } = new("EcsFargateLogin");

    /// <summary>The one that names the AWS SDK.</summary>
    public static CompiledAssembly OfAws { get; } = new("EcsFargateLogin.Aws");

    public string Name { get; }

    public IReadOnlyList<CompiledType> Types { get; }

    private bool IsNested(TypeDefinitionHandle handle) => !_metadata.GetTypeDefinition(handle).GetDeclaringType().IsNil;

    /// <summary>Reads a type; null for one that the compiler or a generator has added.</summary>
    private CompiledType? Read(TypeDefinitionHandle handle)
    {
        if (FolderOf(handle) is not { } folder)
        {
            return null;
        }

        var definition = _metadata.GetTypeDefinition(handle);
        CompiledType type = new(
            new TypeNames(_metadata, _ => { }).NameOf(handle),
            _metadata.GetString(definition.Namespace),
            folder,
            definition.Attributes.HasFlag(TypeAttributes.Public));
        AddUses(definition, new TypeNames(_metadata, name => type.Uses.Add(name), name => type.Calls.Add(name)));
        type.Parameters.UnionWith(definition.GetProperties().Select(_metadata.GetPropertyDefinition)
            .Where(property => IsParameter(property.GetCustomAttributes()))
            .Select(property => _metadata.GetString(property.Name)));
        AddPublicUses(definition, new TypeNames(_metadata, name => type.PublicUses.Add(name)));
        return type;
    }

    private bool IsParameter(CustomAttributeHandleCollection attributes)
    {
        HashSet<string> names = [];
        new TypeNames(_metadata, name => names.Add(name)).Add(attributes);
        return names.Contains("System.Management.Automation.ParameterAttribute");
    }

    private string? FolderOf(TypeDefinitionHandle handle) => DocumentsOf(handle)
        .Select(document => _symbols.GetString(_symbols.GetDocument(document).Name).Replace('\\', '/'))
        .Where(path => path.Contains(_project, StringComparison.Ordinal))
        .Select(path => path[(path.LastIndexOf(_project, StringComparison.Ordinal) + _project.Length)..])
        .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal))
        .Select(path => Path.GetDirectoryName(path)!.Replace('\\', '/'))
        .FirstOrDefault();

    /// <summary>The sources of a type: those of its methods, or what the compiler notes of a type without any.</summary>
    private IEnumerable<DocumentHandle> DocumentsOf(TypeDefinitionHandle handle)
    {
        foreach (var note in _symbols.GetCustomDebugInformation(handle).Select(_symbols.GetCustomDebugInformation))
        {
            if (_symbols.GetGuid(note.Kind) == TypeDefinitionDocuments)
            {
                var blob = _symbols.GetBlobReader(note.Value);
                while (blob.RemainingBytes > 0)
                {
                    yield return MetadataTokens.DocumentHandle(blob.ReadCompressedInteger());
                }
            }
        }

        var type = _metadata.GetTypeDefinition(handle);
        foreach (var method in type.GetMethods())
        {
            var information = _symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
            if (!information.SequencePointsBlob.IsNil)
            {
                foreach (var point in information.GetSequencePoints().Take(1))
                {
                    yield return point.Document;
                }
            }
        }

        foreach (var document in type.GetNestedTypes().SelectMany(DocumentsOf))
        {
            yield return document;
        }
    }

    private void AddPublicUses(TypeDefinition type, TypeNames names)
    {
        names.Add(type.GetCustomAttributes());
        names.Add(type.BaseType);
        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            if ((method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public)
            {
                method.DecodeSignature(names, null);
            }
        }
    }

    private void AddUses(TypeDefinition type, TypeNames names)
    {
        names.Add(type.GetCustomAttributes());
        names.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations().Select(_metadata.GetInterfaceImplementation))
        {
            names.Add(implemented.Interface);
        }

        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(names, null);
        }

        foreach (var property in type.GetProperties().Select(_metadata.GetPropertyDefinition))
        {
            names.Add(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            method.DecodeSignature(names, null);
            AddBody(method, names);
        }

        foreach (var nested in type.GetNestedTypes().Select(_metadata.GetTypeDefinition))
        {
            AddUses(nested, names);
        }
    }

    private void AddBody(MethodDefinition method, TypeNames names)
    {
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _bodyAt(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
        }

        foreach (var region in body.ExceptionRegions.Where(region => !region.CatchType.IsNil))
        {
            names.Add(region.CatchType);
        }

        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            AddOperand(ref code, names);
        }
    }

    private static void AddOperand(ref BlobReader code, TypeNames names)
    {
        int instruction = code.ReadByte();
        var operand = Operands[instruction == 0xFE ? 0xFE00 | code.ReadByte() : instruction];
        switch (operand)
        {
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                names.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                break;
            case OperandType.InlineSwitch:
                var targets = code.ReadInt32();
                code.Offset += 4 * targets;
                break;
            default:
                code.Offset += operand switch
                {
                    OperandType.InlineNone => 0,
                    OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                    OperandType.InlineVar => 2,
                    OperandType.InlineI8 or OperandType.InlineR => 8,
                    _ => 4,
                };
                break;
        }
    }
}

/// <summary>A type as the compiler made it, together with the types that are nested in it.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Folder">The folder of its source in the project, with slashes; empty for the project's own.</param>
/// <param name="IsPublic">Whether other assemblies see it.</param>
internal sealed record CompiledType(string Name, string Namespace, string Folder, bool IsPublic)
{
    /// <summary>The full names of all types that its code names, its own and those of other assemblies.</summary>
    public HashSet<string> Uses { get; } = [];

    /// <summary>Those of them that its public members, its base and its attributes name.</summary>
    public HashSet<string> PublicUses { get; } = [];

    /// <summary>The methods of its own assembly that its code calls, as TYPE.METHOD.</summary>
    public HashSet<string> Calls { get; } = [];

    /// <summary>The names of its properties that are parameters of a cmdlet.</summary>
    public HashSet<string> Parameters { get; } = [];
}
