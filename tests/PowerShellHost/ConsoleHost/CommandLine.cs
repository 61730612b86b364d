namespace PowerShellHost.ConsoleHost;

/// <summary>What the program was asked to do, in the words of <c>pwsh</c>'s own command line.</summary>
internal sealed record CommandLine
{
    public const string Usage =
        """
        Runs a PowerShell script on the engine that this machine has, or that is made for it.

          dotnet PowerShellHost.dll [-NoProfile] [-NonInteractive] -File SCRIPT [ARGUMENT …]
          dotnet PowerShellHost.dll [-NoProfile] [-NonInteractive] -Command TEXT
          dotnet PowerShellHost.dll -Engine          says which engine it is
        """;

    public string? File { get; private init; }

    public string? Command { get; private init; }

    public bool ShowEngine { get; private init; }

    public bool IsInteractive { get; private init; } = true;

    /// <summary>What follows the script file.</summary>
    public IReadOnlyList<string> Arguments { get; private init; } = [];

    /// <summary>Reads the arguments, or returns null when they make no sense.</summary>
    public static CommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            string[] rest = [.. arguments.Skip(i + 1)];
            switch (arguments[i].TrimStart('-').ToUpperInvariant())
            {
                case "NOPROFILE" or "NOLOGO":
                    // There is no profile and no logo to leave out.
                    break;
                case "NONINTERACTIVE":
                    line = line with { IsInteractive = false };
                    break;
                case "ENGINE":
                    return line with { ShowEngine = true };
                case "FILE" or "F" when rest.Length > 0:
                    return line with { File = rest[0], Arguments = rest[1..] };
                case "COMMAND" or "C" when rest.Length > 0:
                    return line with { Command = string.Join(' ', rest) };
                default:
                    return null;
            }
        }

        return null;
    }
}
