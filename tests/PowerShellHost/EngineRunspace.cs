using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace PowerShellHost;

/// <summary>
/// A PowerShell session in this process, on the engine of Microsoft.PowerShell.SDK. It runs one invocation at a time;
/// several sessions run side by side.
/// </summary>
/// <remarks>
/// <code>
/// using var session = EngineRunspace.Open();
/// session.ImportModule(manifestPath);
/// var run = session.Invoke("param($name) Get-Thing -Name $name -Verbose", "x");
/// Assert.Null(run.TerminatingError);
/// Assert.Equal("x", Assert.Single(run.Output).Properties["Name"].Value);
/// </code>
/// <c>$env:</c> is the process's own environment: set it only where nothing else runs at the same time, or use
/// <see cref="EngineProcess"/>.
/// </remarks>
public sealed class EngineRunspace : IDisposable
{
    private readonly Runspace _runspace;

    private EngineRunspace(Runspace runspace) => _runspace = runspace;

    /// <summary>Opens a session with PowerShell's own commands and no profile.</summary>
    /// <param name="host">Answers prompts and hears of applications that begin and end; null where nobody does.</param>
    public static EngineRunspace Open(PSHost? host = null)
    {
        var state = InitialSessionState.CreateDefault2();
        var runspace = host is null
            ? RunspaceFactory.CreateRunspace(state)
            : RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        return new EngineRunspace(runspace);
    }

    /// <summary>Imports a module by name or path.</summary>
    /// <exception cref="InvalidOperationException">It could not be imported.</exception>
    public void ImportModule(string nameOrPath)
    {
        var run = Invoke("param($name) Import-Module $name -Force -ErrorAction Stop", nameOrPath);
        if (run.TerminatingError is { } error)
        {
            throw new InvalidOperationException($"{nameOrPath} could not be imported: {error}", error.Exception);
        }
    }

    /// <summary>Sets a variable of the session's global scope.</summary>
    public void SetVariable(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>A variable's value, or null.</summary>
    public object? GetVariable(string name) => _runspace.SessionStateProxy.GetVariable(name);

    /// <summary>Runs a script to its end. Errors of PowerShell are in what it returns, not thrown.</summary>
    /// <param name="script">The text of the script, in the session's own scope.</param>
    /// <param name="arguments">Bound to the script's parameters by position, or else its <c>$args</c>.</param>
    public Invocation Invoke(string script, params object?[] arguments)
    {
        var invocation = Start(script, arguments);
        invocation.Completion.GetAwaiter().GetResult();
        return invocation;
    }

    /// <summary>Starts a script and returns at once: to read its streams while it runs, or to stop it.</summary>
    /// <inheritdoc cref="Invoke"/>
    public Invocation Start(string script, params object?[] arguments) => new(_runspace, script, arguments);

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();
}
