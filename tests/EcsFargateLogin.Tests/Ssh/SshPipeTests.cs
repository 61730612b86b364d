using System.Diagnostics;
using System.Globalization;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

/// <summary>ssh with pipes to this process.</summary>
public sealed class SshPipeTests
{
    [Fact]
    public async Task One_with_pipes_that_another_process_holds_open_is_disposed_all_the_same()
    {
        using TemporaryFolder folder = new();
        var id = folder["id"];
        // The holder is no descendant, as a master connection is none. The output is not read to its end.
        var script = $"(setsid sh -c 'echo $$ >{id}.new; mv {id}.new {id}; exec sleep 600' &); while :; do echo 123456789; done";
        SshPipe pipe = new(SshProcess.InBackground("sh", ["-c", script]));
        while (!File.Exists(id))
        {
            await Task.Delay(10);
        }

        using var holder = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(id), CultureInfo.InvariantCulture));
        try
        {
            await pipe.DisposeAsync().AsTask().WaitAsync(Eventually.Limit);

            Assert.False(holder.HasExited);
        }
        finally
        {
            holder.Kill();
        }
    }
}
