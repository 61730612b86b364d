using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace PowerShellHost.ConsoleHost;

/// <summary>The console as PowerShell's host.</summary>
internal sealed class ConsolePSHost : PSHost, IDisposable
{
    private static readonly CultureInfo s_culture = CultureInfo.GetCultureInfo("en-US");
    private readonly Terminal _terminal;
    private readonly ConsoleUserInterface _userInterface;

    public ConsolePSHost(bool isInteractive, CancellationToken stop)
    {
        _terminal = new Terminal();
        _userInterface = new ConsoleUserInterface(_terminal, new ConsoleInput(isInteractive, stop));
    }

    /// <summary>What the script gave to <c>exit</c>, or null.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>
    /// Shows errors from now on. Those from before are the portable engine's, which looks for the drives of Windows.
    /// </summary>
    public void Start() => _userInterface.ShowsErrors = true;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "PowerShellHost";

    public override Version Version { get; } = typeof(ConsolePSHost).Assembly.GetName().Version!;

    public override PSHostUserInterface UI => _userInterface;

    public override CultureInfo CurrentCulture => s_culture;

    public override CultureInfo CurrentUICulture => s_culture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <summary>The terminal is about to be a child's: nothing of ours may be on its line.</summary>
    public override void NotifyBeginApplication() => _terminal.ClearProgress();

    public override void NotifyEndApplication()
    {
    }

    public override void EnterNestedPrompt() =>
        throw new PSNotSupportedException("This host has no nested prompt.");

    public override void ExitNestedPrompt() =>
        throw new PSNotSupportedException("This host has no nested prompt.");

    public void Dispose() => _terminal.Dispose();
}
