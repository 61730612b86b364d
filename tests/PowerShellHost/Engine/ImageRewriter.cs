using Mono.Cecil;
using Mono.Cecil.Cil;

namespace PowerShellHost;

/// <summary>
/// Rewrites assemblies that were compiled ahead of time for Windows so that every .NET runtime takes them: as IL only,
/// without calls into Windows' own libraries, and with the answers that Windows would give replaced by constants.
/// </summary>
internal sealed class ImageRewriter
{
    private const string EngineAssembly = "System.Management.Automation";

    /// <summary>COMIMAGE_FLAGS_IL_LIBRARY: whole as IL, with machine code beside it.</summary>
    private const ModuleAttributes CompiledAhead = (ModuleAttributes)4;

    private static readonly string[] s_returnDefault =
    [
        "System.Management.Automation.Utils::GetPolicySettingFromGPOImpl",
        "System.Management.Automation.Utils::IsAdministrator",
        "System.Management.Automation.Security.SystemPolicy::GetSystemLockdownPolicy",
        "System.Management.Automation.Security.SystemPolicy::GetLockdownPolicy",
        "System.Management.Automation.PSVersionInfo::GetWSManStackVersion",
        "System.Management.Automation.Platform::get_IsNanoServer",
        "System.Management.Automation.Platform::get_IsIoT",
        "System.Management.Automation.Platform::get_IsWindowsDesktop",
        "System.Management.Automation.NativeCommandProcessor::IsWindowsApplication",
        "System.Management.Automation.Internal.SecuritySupport::IsProductBinary",
        "System.Management.Automation.Internal.SecuritySupport::GetExecutionPolicy",
    ];

    private static readonly string[] s_returnOne =
    [
        "System.Management.Automation.Platform::NonWindowsIsExecutable",
        "System.Management.Automation.NativeCommandProcessor::IsExecutable",
        "System.Management.Automation.Internal.SecuritySupport::GetSaferPolicy",
        "Microsoft.PowerShell.PSAuthorizationManager::IsLocalFile",
    ];

    private static readonly string[] s_returnIsRooted =
    [
        "System.Management.Automation.LocationGlobber::IsSingleFileSystemAbsolutePath",
        "Microsoft.PowerShell.Commands.FileSystemProvider::IsAbsolutePath",
    ];

    private static readonly string[] s_keepCase =
    [
        "System.Management.Automation.ModuleIntrinsics::GetPSHomeModulePath",
    ];

    private static readonly string[] s_returnIsLink =
    [
        "Microsoft.PowerShell.Commands.InternalSymbolicLinkLinkCodeMethods::IsReparsePointLikeSymlink",
    ];

    private readonly string[] _searchFolders;

    /// <param name="searchFolders">Where the assemblies that a rewritten one refers to are found.</param>
    public ImageRewriter(params string[] searchFolders) => _searchFolders = searchFolders;

    /// <summary>
    /// Writes the assembly <paramref name="source"/> to <paramref name="destination"/> in a form that runs anywhere.
    /// A library that is not managed, or not wholly, is left out.
    /// </summary>
    public void Rewrite(string source, string destination)
    {
        using var resolver = new DefaultAssemblyResolver();
        Array.ForEach(_searchFolders, resolver.AddSearchDirectory);
        using var module = Read(source, resolver);
        if (module is null || (module.Attributes & (ModuleAttributes.ILOnly | CompiledAhead)) == 0)
        {
            return;
        }

        if (module.Architecture == TargetArchitecture.I386 && module.Attributes.HasFlag(ModuleAttributes.ILOnly))
        {
            // It is IL for any processor already.
            File.Copy(source, destination);
            return;
        }

        RemovePlatformCalls(module);
        if (module.Assembly?.Name.Name == EngineAssembly)
        {
            AnswerForThePlatform(module);
        }

        module.Attributes = ModuleAttributes.ILOnly;
        module.Architecture = TargetArchitecture.I386;
        module.Write(destination);
    }

    private static ModuleDefinition? Read(string file, IAssemblyResolver resolver)
    {
        try
        {
            return ModuleDefinition.ReadModule(file, new ReaderParameters { AssemblyResolver = resolver });
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private static void RemovePlatformCalls(ModuleDefinition module)
    {
        var calls = module.GetTypes()
            .SelectMany(type => type.Methods)
            .Where(method => method.HasPInvokeInfo
                && !method.PInvokeInfo.Module.Name.StartsWith("lib", StringComparison.OrdinalIgnoreCase))
            .ToList();
        foreach (var method in calls)
        {
            method.PInvokeInfo = null;
            method.IsPInvokeImpl = false;
            method.ImplAttributes = MethodImplAttributes.IL;
            ReturnDefault(method);
        }
    }

    private static void AnswerForThePlatform(ModuleDefinition module)
    {
        foreach (var name in s_returnDefault)
        {
            // One overload of GetExecutionPolicy turns a policy into text, and goes on doing so.
            Replace(module, name, ReturnDefault, method => method.ReturnType.MetadataType != MetadataType.String);
        }

        Array.ForEach(s_returnOne, name => Replace(module, name, ReturnOne, _ => true));
        Array.ForEach(s_returnIsRooted, name => Replace(module, name, ReturnIsRooted, _ => true));
        Array.ForEach(s_returnIsLink, name => Replace(module, name, ReturnIsLink, _ => true));
        Array.ForEach(s_keepCase, name => Replace(module, name, KeepCase, _ => true));
    }

    private static void Replace(
        ModuleDefinition module, string name, Action<MethodDefinition> body, Predicate<MethodDefinition> isMeant)
    {
        var parts = name.Split("::");
        var methods = module.GetType(parts[0])?.Methods
            .Where(method => method.Name == parts[1] && method.HasBody && isMeant(method))
            .ToList();
        if (methods is not { Count: > 0 })
        {
            throw new EngineException($"The package lacks {name}: it does not fit this way of making an engine.");
        }

        methods.ForEach(body);
    }

    private static void ReturnDefault(MethodDefinition method)
    {
        var il = StartBody(method);
        foreach (var parameter in method.Parameters)
        {
            if (parameter is { IsOut: true, ParameterType: ByReferenceType reference })
            {
                il.Emit(OpCodes.Ldarg, parameter);
                il.Emit(OpCodes.Initobj, reference.ElementType);
            }
        }

        if (method.ReturnType.MetadataType != MetadataType.Void)
        {
            var result = new VariableDefinition(method.ReturnType);
            method.Body.Variables.Add(result);
            method.Body.InitLocals = true;
            il.Emit(OpCodes.Ldloc, result);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void ReturnOne(MethodDefinition method)
    {
        var il = StartBody(method);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);
    }

    private static void ReturnIsRooted(MethodDefinition method)
    {
        var types = method.Module.TypeSystem;
        var startsWith = new MethodReference(nameof(string.StartsWith), types.Boolean, types.String) { HasThis = true };
        startsWith.Parameters.Add(new ParameterDefinition(types.Char));
        var il = StartBody(method);
        il.Emit(OpCodes.Ldarg, method.Parameters[0]);
        il.Emit(OpCodes.Ldc_I4, '/');
        il.Emit(OpCodes.Callvirt, startsWith);
        il.Emit(OpCodes.Ret);
    }

    private static void ReturnIsLink(MethodDefinition method)
    {
        var file = method.Parameters[0];
        var getTarget = new MethodReference(
            "get_" + nameof(FileSystemInfo.LinkTarget), method.Module.TypeSystem.String, file.ParameterType)
        {
            HasThis = true,
        };
        var il = StartBody(method);
        il.Emit(OpCodes.Ldarg, file);
        il.Emit(OpCodes.Callvirt, getTarget);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Cgt_Un);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Leaves out the change to lower case that paths go through where their case means nothing.</summary>
    private static void KeepCase(MethodDefinition method)
    {
        var changes = method.Body.Instructions.Where(instruction =>
            instruction.Operand is MethodReference { Name: nameof(string.ToLowerInvariant) });
        foreach (var instruction in changes)
        {
            instruction.OpCode = OpCodes.Nop;
            instruction.Operand = null;
        }
    }

    private static ILProcessor StartBody(MethodDefinition method)
    {
        method.Body = new MethodBody(method);
        return method.Body.GetILProcessor();
    }
}
