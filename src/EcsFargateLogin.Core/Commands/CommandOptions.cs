using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Commands;

/// <summary>How a command is run.</summary>
internal sealed record CommandOptions
{
    /// <summary>The path of ssh.</summary>
    public required string Ssh { get; init; }

    /// <summary>The user's own options for it.</summary>
    public IReadOnlyList<SshOption> SshOptions { get; init; } = [];

    /// <summary>What to run.</summary>
    public required RemoteCommand Command { get; init; }

    /// <summary>What it reads.</summary>
    public required SharedInput Input { get; init; }

    /// <summary>How long it may run; null for as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its standard output is handed on as bytes instead of lines.</summary>
    public bool IsRaw { get; init; }
}
