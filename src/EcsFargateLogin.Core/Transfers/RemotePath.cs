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
