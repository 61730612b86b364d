using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace PowerShellHost.ConsoleHost;

/// <summary>Runs one script or command in a runspace whose host is this console.</summary>
internal static class ConsoleSession
{
    /// <summary>Runs what the command line asks for and returns the exit code that <c>pwsh</c> would.</summary>
    public static int Run(CommandLine line)
    {
        using var signals = new StopSignals();
        using var host = new ConsolePSHost(line.IsInteractive, signals.Token);
        using var runspace = RunspaceFactory.CreateRunspace(host, PristineSession.Create());
        runspace.Open();
        host.Start();
        LetExitEndTheProcess(runspace);
        var (hasFailed, wasStopped) = Invoke(host, runspace, signals, AskedFor(line));
        if (wasStopped)
        {
            return StopSignals.ExitCode;
        }

        return host.ExitCode ?? (hasFailed ? 1 : 0);
    }

    /// <summary>
    /// Without this, <c>exit</c> ends a script file but not the host, and its code cannot be told from that of the last
    /// program that the script ran. PowerShell's own console host sets the same property, which is not public.
    /// </summary>
    private static void LetExitEndTheProcess(Runspace runspace)
    {
        const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var context = runspace.GetType().GetProperty("ExecutionContext", Internal)!.GetValue(runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Internal)!.SetValue(context, true);
    }

    private static Command AskedFor(CommandLine line)
    {
        if (line.Command is not null)
        {
            // A script file ends with 0 unless it says otherwise; a command ends as its last statement did.
            return new Command(line.Command + "\nif (-not $?) { exit 1 }", isScript: true, useLocalScope: false);
        }

        var script = new Command(Path.GetFullPath(line.File!), isScript: false, useLocalScope: false);
        foreach (var parameter in ScriptArguments.Bind(line.Arguments))
        {
            script.Parameters.Add(parameter);
        }

        return script;
    }

    private static (bool HasFailed, bool WasStopped) Invoke(
        ConsolePSHost host, Runspace runspace, StopSignals signals, Command command)
    {
        using var powerShell = PowerShell.Create();
        powerShell.Runspace = runspace;
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        powerShell.Commands.AddCommand(command).AddCommand("Out-Default");
        using var stop = signals.Token.Register(() => powerShell.BeginStop(null, null));
        var hasFailed = false;
        try
        {
            powerShell.Invoke();
        }
        catch (PipelineStoppedException)
        {
            // Whether a signal was the reason is known below.
        }
        catch (RuntimeException exception)
        {
            Show(host, runspace, exception.ErrorRecord);
            hasFailed = true;
        }

        return (hasFailed, signals.Token.IsCancellationRequested);
    }

    /// <summary>Shows the error that ended the script as PowerShell shows any other.</summary>
    private static void Show(ConsolePSHost host, Runspace runspace, ErrorRecord error)
    {
        using var powerShell = PowerShell.Create();
        powerShell.Runspace = runspace;
        powerShell.AddCommand("Out-String").AddParameter("InputObject", error);
        foreach (var text in powerShell.Invoke())
        {
            host.UI.WriteErrorLine(text.ToString().TrimEnd());
        }
    }
}
