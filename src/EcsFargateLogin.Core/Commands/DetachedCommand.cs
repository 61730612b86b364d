using System.Globalization;
using System.Text;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Commands;

/// <summary>
/// Commands that run on in the container without a connection. A folder there, which only the session's user can read, holds the
/// command until it has ended, what it prints, up to 64 MB, and its exit code. start-sshd.sh counts the shell that watches it as a
/// login.
/// </summary>
internal static class DetachedCommand
{
    /// <summary>The places for the folder, of which the first that can be written is used.</summary>
    private const string Places = "/tmp /dev/shm /var/tmp";

    /// <summary>The beginning of its name. The random id after it makes that one which nobody else can have made before.</summary>
    private const string Name = ".ecs-fargate-login-";

    /// <summary>
    /// Runs the command, and notes its exit code once all that it has printed is kept. Of its arguments, which every user can read, the
    /// first line is by what start-sshd.sh knows it. What exceeds the limit (in blocks of 512 bytes) is read and dropped.
    /// </summary>
    private const string Watch =
        """
        : ecs-fargate-login-detached
        trap "" HUP
        : >"$1/output"
        echo $$ >"$1/pid"
        { "$2" "$1/command" <"$1/input"; echo $? >"$1/code.part"; } 2>&1 |
            (ulimit -f 131072; trap "" XFSZ; cat >"$1/output" 2>/dev/null; cat >/dev/null)
        rm -f "$1/command" "$1/input"
        mv "$1/code.part" "$1/code"
        """;

    private const string Begin =
        $$"""
        umask 077
        for place in {{Places}}; do folder=$place/{{Name}}$1; mkdir "$folder" 2>/dev/null && break; folder=; done
        [ -n "$folder" ] || { echo "none of {{Places}} can be written" >&2; exit 125; }
        IFS= read -r line && printf %b "$line" >"$folder/command" && cat >"$folder/input" || exit 125
        setsid=; command -v setsid >/dev/null && setsid=setsid
        $setsid /bin/sh -c "$2" sh "$folder" "${SHELL:-/bin/sh}" </dev/null >/dev/null 2>&1 &
        tries=100
        until [ -s "$folder/pid" ] || [ $tries -eq 0 ]; do sleep 0.1; tries=$((tries - 1)); done
        [ -s "$folder/pid" ]
        """;

    /// <summary>Prints the state in a line, and then what was printed from a byte on.</summary>
    private const string Receive =
        $$"""
        for place in {{Places}}; do folder=$place/{{Name}}$1; [ -d "$folder" ] && break; folder=; done
        state=gone
        if [ -n "$folder" ]; then
            if [ ! -s "$folder/code" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then state=running
            elif [ -s "$folder/code" ]; then read -r state <"$folder/code"
            fi
        fi
        printf "%s\n" "$state"
        [ -z "$folder" ] || tail -c "+$2" "$folder/output"
        """;

    /// <summary>Creates the command that begins another one, which it reads from its input, and leaves it running.</summary>
    /// <param name="command">The other one.</param>
    /// <param name="id">The id for it: letters and digits.</param>
    public static RemoteCommand Beginning(RemoteCommand command, string id) =>
        command.ReadBy(PosixShell.Append("exec /bin/sh -c", [Begin, "sh", id, Watch]));

    /// <summary>Creates the command that receives the state and the output of one that was begun.</summary>
    public static RemoteCommand Receiving(DetachedRecord command) => RemoteCommand.OfLine(
        "exec /bin/sh -c",
        [Receive, "sh", command.CommandId, (command.Received + 1).ToString(CultureInfo.InvariantCulture)],
        mergesErrors: false);

    /// <summary>Reads the reply of <see cref="Receiving"/>.</summary>
    /// <param name="command">The record of the command.</param>
    /// <param name="reply">The bytes.</param>
    /// <returns>What was received, and the record with it; null where the reply is not one.</returns>
    public static (FargateDetachedCommand Received, DetachedRecord Record)? Parse(DetachedRecord command, ReadOnlySpan<byte> reply)
    {
        var end = reply.IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        var state = Encoding.ASCII.GetString(reply[..end]);
        var output = reply[(end + 1)..];
        var isRunning = state == "running";
        // The rest of a line comes later.
        output = isRunning ? output[..(output.LastIndexOf((byte)'\n') + 1)] : output;
        var text = Encoding.UTF8.GetString(output);
        FargateDetachedCommand received = new()
        {
            CommandId = command.CommandId,
            SessionId = command.SessionId,
            StartedAt = command.StartedAt,
            State = isRunning ? FargateCommandState.Running : FargateCommandState.Ended,
            ExitCode = int.TryParse(state, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null,
            Output = text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n'),
        };
        return (received, command with { Received = command.Received + output.Length });
    }
}
