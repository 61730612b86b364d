using System.Text.Encodings.Web;
using System.Text.Json;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Presets;

/// <summary>A file of presets: the user's own, or a project's.</summary>
/// <param name="path">Where it is or will be.</param>
/// <param name="isProjects">Whether it is a project's, which may come from somebody else.</param>
/// <param name="keys">The keys that presets have.</param>
internal sealed class PresetFile(string path, bool isProjects, PresetKeys keys)
{
    /// <summary>Upper bound for the size of a file, in bytes.</summary>
    private const int LongestFile = 256 * 1024;

    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file's path, whether or not it exists.</summary>
    public string Path => path;

    /// <summary>Whether it is a project's.</summary>
    public bool IsProjects => isProjects;

    /// <summary>Its presets by name, in its order; none where there is no file.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.InvalidPreset"/> or <see cref="FargateError.PresetUnavailable"/>.
    /// </exception>
    public Dictionary<string, Dictionary<string, object>> Read()
    {
        byte[] content;
        try
        {
            ThrowIf(Mistrust);
            using var stream = SharedFile.Open(path);
            // What was opened is what counts, whatever the path led to before.
            ThrowIf(UnixFile.Of(stream.SafeFileHandle)?.WriteFault(mayBeOfOwnGroup: isProjects) is { } fault ? $"it {fault}" : null);
            var buffer = new byte[LongestFile + 1];
            content = buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PresetErrors.PresetUnavailable(path, e);
        }

        return content.Length <= LongestFile
            ? PresetParser.Parse(path, content, keys, isProjects)
            : throw PresetErrors.PresetFileUntrusted(path, $"it is longer than {LongestFile / 1024} KB");
    }

    /// <summary>Puts presets in place of those that it holds. A reader sees the old ones or the new ones.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.PresetUnavailable"/>.</exception>
    public void Write(IReadOnlyDictionary<string, Dictionary<string, object>> presets)
    {
        try
        {
            if (!isProjects && System.IO.Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
            {
                OwnerOnly.CreateFolder(folder);
            }

            // Where the user keeps it elsewhere and has a link here, the link stays.
            var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
            SharedFile.Replace(target, Create, stream => Write(stream, presets));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PresetErrors.PresetUnavailable(path, e);
        }
    }

    private FileStream Create(string temporary) => isProjects
        ? new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)
        : OwnerOnly.CreateFile(temporary);

    /// <summary>
    /// Why it is not read; null where nothing speaks against that. It says what is run and as whom, which nobody but the user
    /// and the administrator decides: a project's file lies above wherever the user happens to be, and the user's own lies
    /// where XDG_CONFIG_HOME leads. A pipe in its place would be waited for, and a project's link may lead to anything.
    /// </summary>
    public string? Mistrust
    {
        get
        {
            FileInfo file = new(path);
            if (isProjects && file.LinkTarget is not null)
            {
                return "it is a symbolic link";
            }

            return UnixFile.Of(path) is { IsRegular: false } ? "it is no file"
                : FaultOf(path) is { } fault ? $"it {fault}"
                : FaultOfFolder(file.DirectoryName!) is { } ofFolder ? $"its folder {ofFolder}"
                : null;
        }
    }

    private string? FaultOf(string file) =>
        isProjects ? UnixFile.Of(file)?.WriteFault(mayBeOfOwnGroup: true) : OwnerOnly.FaultOf(file);

    // A team may share the folder of a project: what its members put there is theirs, and not used.
    private string? FaultOfFolder(string folder) => isProjects ? UnixFile.Of(folder)?.AnyoneFault : OwnerOnly.FaultOf(folder);

    private void ThrowIf(string? why)
    {
        if (why is not null)
        {
            throw PresetErrors.PresetFileUntrusted(path, why);
        }
    }

    private static void Write(Stream stream, IReadOnlyDictionary<string, Dictionary<string, object>> presets)
    {
        using Utf8JsonWriter json = new(stream, Readable);
        json.WriteStartObject();
        json.WriteStartObject("presets");
        foreach (var (name, values) in presets)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, values);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
