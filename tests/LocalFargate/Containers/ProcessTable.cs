using System.Globalization;

namespace LocalFargate.Containers;

/// <summary>Reads the kernel's table of processes.</summary>
internal static class ProcessTable
{
    /// <summary>The id of the first child of a process; null when it has none, or is gone.</summary>
    internal static int? FirstChild(int processId) =>
        Read($"/proc/{processId}/task/{processId}/children") is { } children
        && int.TryParse(children.Split(' ')[0], CultureInfo.InvariantCulture, out var child) ? child : null;

    /// <summary>Whether a process has said what it does with a signal, by handling or ignoring it.</summary>
    internal static bool Minds(int processId, int signal)
    {
        var status = (Read($"/proc/{processId}/status") ?? "").Split('\n');
        return Mask("SigCgt:") || Mask("SigIgn:");

        bool Mask(string name) => status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && (ulong.Parse(line[name.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
