using System.Globalization;
using LocalFargate.Signing;
using LocalFargate.Tasks;

namespace LocalFargate.Control;

/// <summary>The command line of the program.</summary>
internal static class CommandLine
{
    /// <summary>The one option without a value.</summary>
    internal const string Owned = "--owned";

    internal const string Usage = """
        Usage: dotnet run --project tests/LocalFargate -- [OPTION VALUE]…
        A Fargate on this machine. Prints one line of JSON when it listens, and ends with Ctrl+C.

          --port N               port of 127.0.0.1; 0, the default, takes a free one
          --region NAME          default: AWS_REGION, AWS_DEFAULT_REGION, us-east-1
          --start-seconds N      from RunTask to RUNNING; default 3
          --clusters NAME,…      the first is the one that is printed; default local,default
          --services NAME,…      in each cluster; default none
          --task-definition NAME default rails-cli
          --start-sshd PATH      the container's script; default module/container/start-sshd.sh
          --ssh-port N           port of the tasks' sshd; default 22 where it can be had
          --stop-timeout N       seconds between SIGTERM and SIGKILL; default 30
          --revision-limit N     revisions that a task definition may have; default 1000000
          --log-pace yes|no      yes: log lines can be read when the driver awslogs has sent them, every 5 s; default no
          --containers yes|no    no: tasks without processes, which only send an SSH server's first line; default yes
          --stream-signature K   of data channels: required, optional or presigned; default required
          --agent-pace yes|no    no: agents send as fast as they can; default yes
          --instance-connect N   EC2 Instance Connect Endpoints; default 0
          --owned                for programs that start it: logs nothing, ignores Ctrl+C and a closed terminal, ends with its
                                 standard input, and deletes then the folder that it prints as home

        Accepts the credentials of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or without these a pair that is made at each
        start and stands in that line alone: whoever has it runs programs as you.
        Faults, tasks, sessions and calls: /_local/faults, /_local/tasks, /_local/sessions, /_local/calls.
        """;

    /// <exception cref="FormatException">An argument is not known, or has no fitting value.</exception>
    internal static LocalFargateOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = FromEnvironment() with { Timeline = Timeline.StartingWithin(TimeSpan.FromSeconds(3)) };
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{name} needs a value.");
            options = name switch
            {
                "--port" => options with { Port = (int)Number(name, value, 65535) },
                "--region" => options with { Region = value },
                "--start-seconds" => options with { Timeline = Timeline.StartingWithin(Seconds(name, value)) },
                "--clusters" => options with { Clusters = value.Split(',') },
                "--services" => options with { Services = value.Split(',') },
                "--task-definition" => options with { TaskDefinition = value },
                "--start-sshd" => options with { StartSshdPath = value },
                "--ssh-port" => options with { SshPort = (int)Number(name, value, 65535) },
                "--stop-timeout" => options with { StopTimeout = Seconds(name, value) },
                "--revision-limit" => options with { RevisionLimit = (int)Number(name, value, 1_000_000) },
                "--stream-signature" => WithSessionManager(options, manager => manager with
                {
                    StreamSignature = (StreamSignature)OneOf(name, value, "required", "optional", "presigned"),
                }),
                "--agent-pace" => YesOrNo(name, value)
                    ? options : WithSessionManager(options, manager => manager with { AgentInterval = TimeSpan.Zero }),
                "--instance-connect" => options with
                {
                    InstanceConnectEndpoints = [.. Enumerable.Repeat(new InstanceConnectEndpointOptions(), (int)Number(name, value, 20))],
                },
                "--log-pace" => options with { LogDelivery = YesOrNo(name, value) ? LogDelivery.OfAwsLogs : LogDelivery.Instant },
                "--containers" => options with { RunsContainers = YesOrNo(name, value) },
                _ => throw new FormatException($"{name} is not an option."),
            };
        }

        return options;
    }

    private static LocalFargateOptions FromEnvironment()
    {
        var options = new LocalFargateOptions();
        if ((Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION")) is { } region)
        {
            options = options with { Region = region };
        }

        if (Variable("AWS_ACCESS_KEY_ID") is { } key && Variable("AWS_SECRET_ACCESS_KEY") is { } secret)
        {
            var credential = new AwsCredential(key, secret) { SessionToken = Variable("AWS_SESSION_TOKEN") };
            options = options with { Credentials = [credential] };
        }

        return options;
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static TimeSpan Seconds(string name, string value) => TimeSpan.FromSeconds(Number(name, value, 3600));

    private static LocalFargateOptions WithSessionManager(
        LocalFargateOptions options, Func<SessionManagerOptions, SessionManagerOptions> change) =>
        options with { SessionManager = change(options.SessionManager) };

    private static bool YesOrNo(string name, string value) => OneOf(name, value, "no", "yes") == 1;

    private static int OneOf(string name, string value, params string[] values) => Array.IndexOf(values, value) is var index and >= 0
        ? index
        : throw new FormatException($"{name} must be {string.Join(", ", values[..^1])} or {values[^1]}, not '{value}'.");

    private static double Number(string name, string value, double max) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new FormatException($"{name} must be a number from 0 to {max}, not '{value}'.");
}
