using System.Text.Encodings.Web;
using System.Text.Json;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Presets;

/// <summary>A file of presets: the user's own, or a project's.</summary>
/// <param name="path">The file's path, whether or not it exists yet.</param>
/// <param name="isProjectFile">Whether it is a project's file, which may come from somebody else.</param>
/// <param name="keys">The keys that presets have.</param>
internal sealed class PresetFile(string path, bool isProjectFile, PresetKeys keys)
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

    /// <summary>Its presets by name, in its order; none where there is no file.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.InvalidPreset"/> or <see cref="FargateError.PresetUnavailable"/>.
    /// </exception>
    public Dictionary<string, Dictionary<string, object>> Read()
    {
        byte[] content;
        try
        {
            ThrowIf(ReasonToIgnore);
            using var stream = SharedFile.Open(path);
            // The open file is checked too, because the path may have led to another one before.
            ThrowIf(UnixFileStatus.Of(stream.SafeFileHandle)?.WriteFault(mayBeOfOwnGroup: isProjectFile) is { } fault
                ? $"it {fault}"
                : null);
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
            ? PresetParser.Parse(path, content, keys, isProjectFile)
            : throw PresetErrors.PresetFileUntrusted(path, $"it is longer than {LongestFile / 1024} KB");
    }

    /// <summary>Replaces the presets of the file. A reader sees either the old ones or the new ones.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.PresetUnavailable"/>.</exception>
    public void Write(IReadOnlyDictionary<string, Dictionary<string, object>> presets)
    {
        try
        {
            if (!isProjectFile && System.IO.Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
            {
                OwnerOnly.CreateFolder(folder);
            }

            // A link to a file that the user keeps elsewhere is not replaced.
            var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
            SharedFile.Replace(target, Create, stream => Write(stream, presets));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PresetErrors.PresetUnavailable(path, e);
        }
    }

    private FileStream Create(string temporary) => isProjectFile
        ? new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)
        : OwnerOnly.CreateFile(temporary);

    /// <summary>
    /// The reason not to read the file; null if it can be trusted. The file determines what is run and under which role, so only
    /// the user and the administrator may be able to write it: a project's file can be in any folder above the current one, and
    /// XDG_CONFIG_HOME can name any folder. Reading a pipe would block, and a project's link can lead to any file.
    /// </summary>
    public string? ReasonToIgnore
    {
        get
        {
            FileInfo file = new(path);
            if (isProjectFile && file.LinkTarget is not null)
            {
                return "it is a symbolic link";
            }

            return UnixFileStatus.Of(path) is { IsRegular: false } ? "it is no file"
                : FaultOf(path) is { } fault ? $"it {fault}"
                : FaultOfFolder(file.DirectoryName!) is { } ofFolder ? $"its folder {ofFolder}"
                : null;
        }
    }

    private string? FaultOf(string file) =>
        isProjectFile ? UnixFileStatus.Of(file)?.WriteFault(mayBeOfOwnGroup: true) : OwnerOnly.FaultOf(file);

    // A team may share the folder of a project. Files that other members own there are not used.
    private string? FaultOfFolder(string folder) =>
        isProjectFile ? UnixFileStatus.Of(folder)?.AnyoneFault : OwnerOnly.FaultOf(folder);

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
