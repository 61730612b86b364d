namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>Attacks by a process of another user in a container with a script that runs as root.</summary>
public sealed class ContainerHostileTests
{
    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.Bash)]
    public async Task A_link_in_the_scripts_folder_gives_no_file_of_root_away(ImageKind kind)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            // Of the very user who logs in: nothing may belong to that user that root writes to.
            Setup = Background(SshContainer.As(1000, """
                while :; do
                    for folder in /run/ecs-fargate-login.*/login; do
                        rm -f $folder/environment $folder/path
                        ln -s /etc/shadow $folder/environment
                        mv $folder $folder.away
                    done
                done
                """)),
            Variables = new Dictionary<string, string> { ["_SSH_USER"] = "app", ["PLAIN"] = "value" },
        });

        var result = await container.SshAsync(
            "stat -c '%U %a' /etc/shadow; cat /etc/shadow; find /run/ecs-fargate-login.* -writable ! -name access; echo $PLAIN", "app");

        Assert.Equal("root 640\nvalue\n", result.Output);
    }

    [Fact]
    public async Task Programs_of_a_folder_that_others_may_write_are_never_run_by_root()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Setup = """
                mkdir /tmp/bin
                for program in awk cat chmod chown date env id mkdir mkfifo mktemp mv od perl pwsh rm sed sleep sshd ssh-keygen stat tr; do
                    printf '#!/bin/sh\necho $0 >>/tmp/ran\n' >/tmp/bin/$program
                    chmod 755 /tmp/bin/$program
                done
                """,
            Variables = new Dictionary<string, string>
            {
                ["PATH"] = $"/tmp/bin:{SshContainer.Path}",
                ["_SSH_USER"] = "app",
                ["_IDLE_TIMEOUT"] = "60",
                ["an.odd.name"] = "value",
            },
        });

        var result = await container.SshAsync("/bin/sleep 2.5; echo $PATH; ls /tmp", "app");

        Assert.Equal($"/tmp/bin:{SshContainer.Path}\nbin\n", result.Output);
    }

    [Fact]
    public async Task The_containers_environment_decides_nothing_of_what_root_runs()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = "/tmp/preloaded.so",
                ["OPENSSL_CONF"] = "/tmp/openssl.cnf",
                // Names of the script's own.
                ["folder"] = "/tmp", ["name"] = "odd", ["user"] = "app", ["environment"] = "", ["EXIT_IMAGE"] = "0",
            },
        });

        var result = await container.SshAsync(
            """
            # Between two looks of the script there is no sleep for a moment.
            looks=0
            until
                found=$(for process in /proc/[0-9]*; do
                    [ "$(cat $process/comm)" != sleep ] || tr '\0' '\n' <$process/environ | grep -c 'LD_PRELOAD\|OPENSSL_CONF'
                done 2>/dev/null)
                [ -n "$found" ] || [ $looks -gt 100 ]
            do
                looks=$((looks + 1))
            done
            echo "$found"
            echo $folder $name $user $EXIT_IMAGE $OPENSSL_CONF $LD_PRELOAD
            """);

        Assert.Matches(@"\A(0\n)+/tmp odd app 0 /tmp/openssl\.cnf /tmp/preloaded\.so\n\z", result.Output);
        // /bin/sh is started with it before the script can say a word.
        Assert.InRange(container.Log.Split("preloaded.so").Length - 1, 0, 1);
    }

    [Fact]
    public async Task No_value_of_the_environment_is_in_an_argument_list()
    {
        // Two words that are one in the pattern, so that the search does not find itself.
        var watch = """
            until ls -d /run/ecs-fargate-login.*; do :; done
            while :; do grep -aos -e 's3cr3t[-]value' -e '5ec4e7[0]' /proc/[0-9]*/cmdline; done >>/tmp/seen
            """;
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Setup = $": >/tmp/seen; chmod 666 /tmp/seen\n{Background(SshContainer.As(1001, watch))}",
            Variables = new Dictionary<string, string>
            {
                ["TOKEN"] = "s3cr3t-value",
                ["odd.token"] = "s3cr3t-value",
                ["BIG"] = string.Concat(Enumerable.Repeat("s3cr3t-value ", 5000)),
                ["PATH"] = $"{SshContainer.Path}:/s3cr3t-value",
                ["_SESSION_NONCE"] = "s3cr3tvalue",
                ["_SESSION_PROOF_KEY"] = "5ec4e70".PadRight(64, '0'),
                ["_RECONNECT_WINDOW"] = "60",
            },
        });

        for (var login = 0; login < 5; login++)
        {
            Assert.Equal("12\n", (await container.SshAsync("echo ${#TOKEN}")).Output);
            Assert.Equal(0, (await container.SftpAsync("ls /\n")).ExitCode);
            await using var terminal = await container.StartTerminalAsync();
        }

        Assert.Equal("", (await container.SshAsync("cat /tmp/seen")).Output);
    }

    [Fact]
    public async Task Neither_names_nor_files_nor_connections_of_others_keep_a_task_that_nobody_logs_in_to()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Setup = Background(SshContainer.As(1001, """
                for name in ssm-session-worker 'sshd: root@pts/0' sshd-session sh; do
                    sh -c 'printf "%s" "$0" >/proc/$$/comm; while :; do sleep 9; done' "$name" &
                done
                until sshd=$(grep -la '[l]istener' /proc/[0-9]*/cmdline); do :; done
                sshd=${sshd#/proc/}
                # A name with an end of line, which makes a second line of /proc/PID/stat.
                bash -c 'exec -a "sshd: app@notty" bash -c "printf \"sshd) S $0 \\n\" >/proc/\$\$/comm; while :; do sleep 9; done"' ${sshd%%/*} &
                while :; do
                    mkdir -p /run/ecs-fargate-login.*/login/seen
                    touch /run/ecs-fargate-login.*/kept /run/ecs-fargate-login.*/accepted /run/ecs-fargate-login.*/login/keep
                    sleep 0.2
                done
                """)),
            Variables = new Dictionary<string, string> { ["_SSH_USER"] = "app", ["_LOGIN_TIMEOUT"] = "4" },
        });

        var end = await container.EndAsync();

        Assert.Equal(124, end.ExitCode);
        Assert.Contains("ecs-fargate-login end no-login: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_of_the_user_who_logs_in_does_not_say_that_the_session_is_kept()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string> { ["_SSH_USER"] = "app" },
        });

        var result = await container.SshAsync(
            """
            for login in /run/ecs-fargate-login.*/login.sh; do setsid /bin/sh $login keep & done >/dev/null 2>&1 </dev/null
            sleep 2.5; ls /run/ecs-fargate-login.*/kept
            """,
            "app");
        var end = await container.EndAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_others_may_write_is_not_where_the_script_keeps_its_files()
    {
        var end = await SshContainer.RefuseAsync(new ContainerOptions
        {
            // As a volume is that was mounted without the sticky bit.
            Setup = "chmod 777 /run /tmp /dev/shm",
        });

        Assert.Equal(69, end.ExitCode);
        Assert.Contains("can be written in safety", end.Error, StringComparison.Ordinal);
    }

    private static string Background(string command) => $"{command} </dev/null >/dev/null 2>&1 &";
}
