using System.Management.Automation;
using System.Management.Automation.Language;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Feedback;

/// <summary>What is said below a command that was typed.</summary>
/// <param name="Text">A line that says what the commands are for.</param>
/// <param name="Commands">Commands to type next.</param>
internal sealed record AdviceText(string Text, IReadOnlyList<string> Commands);

/// <summary>Finds the command that mends an error of this module, and the sessions that run on after a shell has ended.</summary>
internal sealed class Advice
{
    /// <summary>The sessions that are named. Get-FargateSession lists the others.</summary>
    private const int MostSessions = 3;

    private const string Doctor = "Test-FargateLogin";

    /// <summary>
    /// The parameters of New-FargateSession that the doctor has too, and that hold no secret. What was typed for them is repeated.
    /// </summary>
    private static readonly string[] Examined =
    [
        "TaskDefinition", "Cluster", "Subnet", "SecurityGroup", "AssignPublicIp", "Port", "ContainerName", "Transport", "Route",
        "InstanceConnectEndpoint", "Cpu", "Memory", "EphemeralStorage", "PlatformVersion", "ProfileName", "ProfileLocation",
        "Region", "EndpointUrl",
    ];

    private ErrorRecord? _known;

    /// <summary>Returns what to say; null for nothing.</summary>
    /// <param name="lastError">The last error of the session; null for none. It may be that of an earlier command.</param>
    /// <param name="typed">The command line.</param>
    internal AdviceText? On(ErrorRecord? lastError, Ast? typed)
    {
        var commands = typed?.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>().ToList() ?? [];
        if (lastError is not null && !ReferenceEquals(lastError, _known))
        {
            _known = lastError;
            if (ErrorOf(lastError.Exception) is { } error && Mend(error, lastError.TargetObject, commands) is { } mend)
            {
                return mend;
            }
        }

        return commands.Exists(command => Is(command, "Enter-FargateShell")) ? StillRunning() : null;
    }

    /// <summary>The error of this module in an exception: PowerShell wraps those that come of arguments.</summary>
    private static FargateException? ErrorOf(Exception? exception) => exception switch
    {
        null => null,
        FargateException error => error,
        _ => ErrorOf(exception.InnerException),
    };

    private static AdviceText? Mend(FargateException error, object? target, List<CommandAst> commands) => error.Error switch
    {
        FargateError.SessionNotFound or FargateError.TaskNotFound or FargateError.SessionEnded =>
            new("The sessions that there are:", ["Get-FargateSession"]),
        FargateError.TunnelNotFound => new("The tunnels that there are:", ["Get-FargateTunnel"]),
        FargateError.PresetNotFound => new("The presets that there are:", ["Get-FargateSessionPreset"]),
        FargateError.StopFailed or FargateError.IngressNotRevoked or FargateError.FilesNotDeleted when IdOf(target) is { } id =>
            new("To end it again:", [$"Stop-FargateSession {id}"]),
        FargateError.AccessDenied or FargateError.PortUnreachable or FargateError.RouteUnavailable
            or FargateError.TransportUnavailable or FargateError.EcsExecUnavailable or FargateError.WebSocketRefused
            or FargateError.SessionManagerFailed or FargateError.InstanceConnectFailed or FargateError.StartTimeout
            or FargateError.TaskStopped or FargateError.NoPublicAddress or FargateError.HostKeyNotVerified
            or FargateError.TaskDefinitionUnsuitable or FargateError.SshNotFound =>
            new("What is missing, and how to get it:", [DoctorFor(target, commands)]),
        _ => null,
    };

    /// <summary>The doctor's command for what was typed to start a session, or else for the session that the error is about.</summary>
    private static string DoctorFor(object? target, List<CommandAst> commands)
    {
        var start = commands.Find(command => Is(command, "New-FargateSession"));
        List<string> words = [Doctor, .. start is null ? [] : WordsOf(start)];
        if (words.Count == 1 && target is FargateSession { TaskDefinition: { } definition } session)
        {
            words.AddRange([TypedWord.Quote(definition), "-Cluster", TypedWord.Quote(session.Cluster)]);
        }

        return string.Join(' ', words);
    }

    private static IEnumerable<string> WordsOf(CommandAst command)
    {
        var elements = command.CommandElements.Skip(1).ToList();
        for (var i = 0; i < elements.Count; i++)
        {
            if (elements[i] is not CommandParameterAst parameter)
            {
                // The only parameter with a position is the task definition.
                yield return elements[i].Extent.Text;
                continue;
            }

            var value = parameter.Argument ?? elements.ElementAtOrDefault(i + 1) as ExpressionAst;
            i += parameter.Argument is null && value is not null ? 1 : 0;
            if (value is not null && Array.Find(Examined, name => IsShort(parameter.ParameterName, name)) is { } name)
            {
                yield return $"-{name}";
                yield return value.Extent.Text;
            }
        }
    }

    /// <summary>Whether a name was typed whole, or as far as PowerShell needs it.</summary>
    private static bool IsShort(string typed, string name) =>
        name.Equals(typed, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
            && Examined.Count(other => other.StartsWith(typed, StringComparison.OrdinalIgnoreCase)) == 1);

    private static bool Is(CommandAst command, string name) =>
        string.Equals(command.GetCommandName()?.Split('\\')[^1], name, StringComparison.OrdinalIgnoreCase);

    private static string? IdOf(object? target) =>
        ((target as FargateSession)?.SessionId ?? target?.ToString()) is { } id && SessionIds.IsValid(id) ? id : null;

    private static AdviceText? StillRunning()
    {
        var running = SessionJournal.OfCurrentUser().ReadAll().OrderByDescending(entry => entry.CreatedAt).ToList();
        if (running.Count == 0)
        {
            return null;
        }

        var ends = running.Take(MostSessions).Select(entry =>
            $"{entry.SessionId} ({FargateStart.FamilyOf(entry.TaskDefinition ?? "")})"
            + (entry.Limits.Lifetime is { } lifetime ? $" until {(entry.CreatedAt + lifetime).ToLocalTime():t}" : ""));
        var others = running.Count > MostSessions ? $" and {running.Count - MostSessions} more" : "";
        return new AdviceText(
            $"Still running: {string.Join(", ", ends)}{others}",
            [.. running.Take(MostSessions).Select(entry => $"Stop-FargateSession {entry.SessionId}")]);
    }
}
