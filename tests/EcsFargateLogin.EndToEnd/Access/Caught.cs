using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Errors that end a command.</summary>
internal static class Caught
{
    /// <summary>Runs a command that must end with an error, and returns that error.</summary>
    public static ErrorRecord From(Operator me, string command, params object?[] arguments)
    {
        var run = me.Run($"try {{ {command} }} catch {{ $_ }}", arguments);
        Assert.Null(run.TerminatingError);
        return Assert.IsType<ErrorRecord>(Assert.Single(run.Output).BaseObject);
    }
}
