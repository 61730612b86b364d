using System.Text.Encodings.Web;
using System.Text.Json;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Sessions.Journals;

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

    /// <summary>Where it is or will be.</summary>
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
            if (!isProjects)
            {
                CheckOwner();
            }

            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // What was opened is what counts, whatever the path led to before.
            ThrowIf(isProjects && UnixFile.Of(stream.SafeFileHandle) is { } opened ? MistrustOf(opened) : null);
            var buffer = new byte[LongestFile + 1];
            content = buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.PresetUnavailable(path, e);
        }

        return content.Length <= LongestFile
            ? PresetParser.Parse(path, content, keys, isProjects)
            : throw FargateErrors.PresetFileUntrusted(path, $"it is longer than {LongestFile / 1024} KB");
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
            var temporary = $"{target}.{System.IO.Path.GetRandomFileName()}";
            try
            {
                using (var stream = Create(temporary))
                {
                    Write(stream, presets);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(temporary, target, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.PresetUnavailable(path, e);
        }
    }

    private FileStream Create(string temporary) => isProjects
        ? new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)
        : OwnerOnly.CreateFile(temporary);

    /// <summary>
    /// Why it is not read; null where nothing speaks against that. A project's file lies above wherever the user happens to
    /// be: somebody else may have put it there, and nobody but the user and the administrator decides what a session is. A
    /// pipe in its place would be waited for, and a link may lead to anything.
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

            if (UnixFile.Of(path) is not { } status || UnixFile.Of(file.DirectoryName!) is not { } folder)
            {
                return null;
            }

            return !status.IsRegular ? "it is no file"
                : !isProjects ? null
                : MistrustOf(status)
                    ?? (folder.Mode.HasFlag(UnixFileMode.OtherWrite) ? "every user of this machine may write to its folder"
                        : folder.IsOfUserOrRoot ? null
                        : $"its folder belongs to another user ({folder.UserId})");
        }
    }

    private static string? MistrustOf(UnixFile file) =>
        !file.IsOfUserOrRoot ? $"it belongs to another user ({file.UserId})"
        : file.Mode.HasFlag(UnixFileMode.OtherWrite) ? "every user of this machine may write to it"
        // A group of the same number is the user's own, as Linux distributions make it.
        : file.Mode.HasFlag(UnixFileMode.GroupWrite) && file.GroupId != file.UserId ? $"others may write to it (group {file.GroupId})"
        : null;

    private void ThrowIf(string? why)
    {
        if (why is not null)
        {
            throw FargateErrors.PresetFileUntrusted(path, why);
        }
    }

    /// <summary>The user's own file may say what is run and as whom: it is nobody else's, wherever XDG_CONFIG_HOME leads.</summary>
    private void CheckOwner()
    {
        foreach (var each in new[] { System.IO.Path.GetDirectoryName(path)!, path })
        {
            if (OwnerOnly.FaultOf(each) is { } fault)
            {
                throw FargateErrors.PresetFileUntrusted(each, fault);
            }
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
