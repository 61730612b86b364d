using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Open;

/// <summary>
/// An image with a start script that authorizes the key and knows no other part of the contract. Disposal deletes it.
/// </summary>
internal sealed class PlainSshdImage : IDisposable
{
    /// <summary>The command of its container.</summary>
    public const string Command = "/start-plain-sshd.sh";

    /// <summary>The argument with which the container ignores that it is asked to stop.</summary>
    public const string Stubborn = "stubborn";

    private const string Name = "plain-sshd";

    private const string Script =
        """
        #!/bin/sh
        mkdir -p /run/sshd
        printf '%s\n' "$_AUTHORIZED_PUBLIC_KEY" >/run/keys
        ssh-keygen -q -t ed25519 -N '' -f /run/host_key
        set -- "$1" -D -e -f /dev/null -h /run/host_key -p "$_SSH_PORT" -o ListenAddress="$_SSH_LISTEN_ADDRESS" \
            -o AuthorizedKeysFile=/run/keys -o StrictModes=no -o PidFile=none
        if [ "$1" = stubborn ]; then
            trap '' TERM
            shift
            /usr/sbin/sshd "$@" &
            wait
        fi
        shift
        exec /usr/sbin/sshd "$@"
        """;

    private readonly string _file = Path.GetTempFileName();

    public PlainSshdImage() => File.WriteAllText(_file, Script + "\n");

    /// <summary>A server that has the image.</summary>
    public LocalFargateOptions Options => new()
    {
        Images = new Dictionary<string, LocalImage>
        {
            [Name] = new() { Files = new Dictionary<string, string> { [Command] = _file }, Command = [Command] },
        },
    };

    /// <summary>A task definition with it.</summary>
    public static TaskDefinitionOptions TaskDefinition(string family, params string[] command) => new(family)
    {
        Containers = [new ContainerOptions("cli") { Image = Name, Command = command, StopTimeout = TimeSpan.FromSeconds(60) }],
    };

    public void Dispose() => File.Delete(_file);
}
