namespace EcsFargateLogin.Transfers;

/// <summary>Paths of a container.</summary>
internal static class RemotePath
{
    public static string Join(string folder, string name) => folder switch
    {
        "" => name,
        _ when folder.EndsWith('/') => folder + name,
        _ => $"{folder}/{name}",
    };

    /// <summary>Returns the last part of a path.</summary>
    public static string NameOf(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    /// <summary>Returns a path without its last part; '.' if there is no other.</summary>
    public static string FolderOf(string path)
    {
        var trimmed = path.TrimEnd('/');
        var end = trimmed.LastIndexOf('/');
        return end switch { < 0 => ".", 0 => "/", _ => trimmed[..end] };
    }

    /// <summary>Removes '~/' from a path that a user typed: relative paths start there anyway.</summary>
    public static string FromUser(string typed) => typed switch
    {
        "" or "~" or "~/" => ".",
        _ when typed.StartsWith("~/", StringComparison.Ordinal) => FromUser(typed[2..].TrimStart('/')),
        _ => typed,
    };
}

/// <summary>Expands patterns to paths of a container.</summary>
/// <param name="namesIn">Returns the names in a folder; none in one that cannot be read.</param>
/// <param name="request">The rules of patterns.</param>
internal sealed class RemoteGlob(
    Func<string, CancellationToken, Task<IEnumerable<string>>> namesIn, CopyRequest request)
{
    /// <summary>Returns the paths that match a pattern, or the path itself if no part of it is a pattern.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ItemNotFound"/>: nothing matches.</exception>
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

    // As in shells, only patterns that begin with a dot match hidden names.
    private async Task<IEnumerable<string>> NamesInAsync(string folder, string pattern, CancellationToken cancellationToken) =>
        (await namesIn(folder.Length == 0 ? "." : folder, cancellationToken))
            .Where(name => (!name.StartsWith('.') || pattern.StartsWith('.')) && request.IsMatch(pattern, name));
}
