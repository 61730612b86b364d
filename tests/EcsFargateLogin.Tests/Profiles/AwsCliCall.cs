using System.Diagnostics;
using System.Text.Json;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Profiles;

/// <summary>A call of the AWS CLI.</summary>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">All of its environment. HOME is the same for all calls, because the AWS CLI reads it when it is loaded.</param>
/// <param name="Folder">The folder that it is made in.</param>
internal sealed record AwsCliCall(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment, string Folder)
{
    private static readonly TimeSpan s_limit = Eventually.Limit;

    /// <summary>
    /// Makes calls, and starts the AWS CLI once for all of them where its Python reads PYTHONPATH. That of the installer of version 2
    /// does not: there each call takes a start.
    /// </summary>
    /// <returns>Whether each call succeeded.</returns>
    internal static async Task<IReadOnlyList<bool>> MakeAsync(string program, IReadOnlyList<AwsCliCall> calls)
    {
        if (await MakeByOneStartAsync(program, calls) is { } outcomes)
        {
            return outcomes;
        }

        var succeeded = new bool[calls.Count];
        await Parallel.ForAsync(
            0, calls.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (index, _) => succeeded[index] = await calls[index].SucceedsAsync(program));
        return succeeded;
    }

    private static async Task<bool[]?> MakeByOneStartAsync(string program, IReadOnlyList<AwsCliCall> calls)
    {
        using TemporaryFolder folder = new();
        var start = calls[0].StartInfo(program, folder.Write("calls.json", JsonSerializer.Serialize(calls, JsonSerializerOptions.Web)));
        start.Environment["PYTHONPATH"] = Path.Combine(AppContext.BaseDirectory, "Profiles", "AwsCli");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var (exitCode, output, _) = await RunningProgram.RunAsync(start, calls.Count * s_limit);
        return exitCode == 0 ? JsonSerializer.Deserialize<bool[]>(output) : null;
    }

    private async Task<bool> SucceedsAsync(string program) =>
        (await RunningProgram.RunAsync(StartInfo(program, [.. Arguments]), s_limit)).ExitCode == 0;

    private ProcessStartInfo StartInfo(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = Folder };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
