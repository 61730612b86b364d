using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>Paths in a container.</summary>
internal static class RemotePath
{
    public static string Join(string folder, string name) => folder switch
    {
        "" => name,
        _ when folder.EndsWith('/') => folder + name,
        _ => $"{folder}/{name}",
    };

    /// <summary>The last part.</summary>
    public static string NameOf(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    /// <summary>All but the last part; '.' where there is no other.</summary>
    public static string FolderOf(string path)
    {
        var trimmed = path.TrimEnd('/');
        var end = trimmed.LastIndexOf('/');
        return end switch { < 0 => ".", 0 => "/", _ => trimmed[..end] };
    }

    /// <summary>The path that a user has typed: '~/' is where relative paths begin anyhow.</summary>
    public static string Of(string typed) => typed switch
    {
        "" or "~" or "~/" => ".",
        _ when typed.StartsWith("~/", StringComparison.Ordinal) => Of(typed[2..].TrimStart('/')),
        _ => typed,
    };
}

/// <summary>Finds the paths in a container that meet a pattern.</summary>
internal sealed class RemoteGlob(SftpClient sftp, CopyRequest request)
{
    /// <summary>The path itself where no part of it is a pattern; otherwise those that meet it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ItemNotFound"/>: there is none.</exception>
    public async Task<IReadOnlyList<string>> ExpandAsync(string pattern, CancellationToken cancellationToken)
    {
        if (!request.IsPattern(pattern))
        {
            return [pattern];
        }

        List<string> found = [pattern.StartsWith('/') ? "/" : ""];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            List<string> next = [];
            foreach (var folder in found)
            {
                IEnumerable<string> names = request.IsPattern(part)
                    ? await NamesInAsync(folder, part, cancellationToken)
                    : [part];
                next.AddRange(names.Select(name => RemotePath.Join(folder, name)));
            }

            found = next;
        }

        return found.Count > 0 ? found : throw TransferErrors.ItemNotFound(pattern);
    }

    private async Task<IEnumerable<string>> NamesInAsync(string folder, string pattern, CancellationToken cancellationToken)
    {
        try
        {
            // As in shells, hidden names are only met by patterns that name the dot.
            return (await sftp.ListAsync(folder.Length == 0 ? "." : folder, cancellationToken))
                .Select(entry => entry.Name)
                .Where(name => (!name.StartsWith('.') || pattern.StartsWith('.')) && request.IsMatch(pattern, name));
        }
        catch (SftpStatusException)
        {
            return [];
        }
    }
}
