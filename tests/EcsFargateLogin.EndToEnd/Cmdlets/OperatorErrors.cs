using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The errors that an operator gets, and the checks of what is left after them.</summary>
internal static class OperatorErrors
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Runs a script and returns its errors, the one that ended it last.</summary>
    public static IReadOnlyList<SeenError> ErrorsOf(this Operator me, string script, params object?[] arguments)
    {
        // Only in a try block does an error that ends a command end the script too.
        var run = me.Run($"try {{ {script} }} catch {{ throw }}", arguments);
        var errors = run.Errors.Select(record => SeenError.Of(record, isTerminating: false));
        return run.TerminatingError is { } last
            ? [.. errors, SeenError.Of(last, isTerminating: true)]
            : [.. errors];
    }

    /// <summary>Runs a script that is to fail with one error.</summary>
    public static SeenError ErrorOf(this Operator me, string script, params object?[] arguments) =>
        Assert.Single(me.ErrorsOf(script, arguments));

    /// <summary>Runs a script in a process apart, where ssh has no terminal, and returns what it failed with.</summary>
    public static async Task<FailedProcess> FailingProcessAsync(this Operator me, string script) =>
        Assert.Single(await FailingProcessAsync((me, script)));

    /// <summary>The same for scripts of several operators, side by side.</summary>
    public static async Task<IReadOnlyList<FailedProcess>> FailingProcessAsync(params IReadOnlyList<(Operator Me, string Script)> runs)
    {
        var reports = runs.Select(run => Path.Combine(run.Me.StateHome, $"{Guid.NewGuid():N}.json")).ToList();
        var results = await Task.WhenAll(runs.Select((run, i) => run.Me.RunApartAsync(Reporting(run.Script, reports[i]))));
        return [.. results.Select((result, i) =>
        {
            Assert.True(File.Exists(reports[i]), result.Output + result.Error);
            return new FailedProcess(
                ReadReport(reports[i]), result.Output, result.ExitCode);
        })];
    }

    /// <summary>The errors of a report.</summary>
    public static IReadOnlyList<SeenError> ReadReport(string report) =>
        JsonSerializer.Deserialize<SeenError[]>(File.ReadAllText(report), Json)!;

    /// <summary>The same script, which writes a report of its errors.</summary>
    public static string Reporting(string script, string report) =>
        $$"""
        $ended = $false
        $Error.Clear()
        try { {{script}} } catch { $ended = $true }
        $last = $Error[0]
        [Array]::Reverse(($records = @($Error)))
        $seen = $records | ForEach-Object { @{
            Id = $_.FullyQualifiedErrorId
            Category = "$($_.CategoryInfo.Category)"
            Target = "$($_.TargetObject)"
            Message = $_.Exception.Message
            Shown = "$_"
            NextStep = "$($_.ErrorDetails.RecommendedAction)"
            ExceptionType = $_.Exception.GetType().FullName
            IsTerminating = $ended -and $_ -eq $last
        } }
        ConvertTo-Json -InputObject @($seen) | Set-Content '{{report}}.part'
        Move-Item -LiteralPath '{{report}}.part' '{{report}}'
        """;

    /// <summary>The sessions of this operator's account that the PowerShells in this process remember.</summary>
    public static IReadOnlyList<SessionFolder> SessionFolders(this Operator me) =>
        [.. SharedFolders().Select(SessionFolder.TryRead).OfType<SessionFolder>()
            .Where(folder => folder.EndpointUrl == me.Fargate.EndpointUrl)];

    /// <summary>
    /// Deletes what this operator's sessions have left in the home that all share: who is given the same port later would
    /// find it.
    /// </summary>
    public static void ForgetSessions(this Operator me)
    {
        HashSet<string?> ids =
        [
            .. me.Fargate.Tasks.Select(task => task.StartedBy), .. me.SessionFolders().Select(folder => folder.SessionId),
        ];
        foreach (var folder in SharedFolders().Where(folder => ids.Contains(folder.Name)))
        {
            try
            {
                folder.Delete(recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another test's PowerShell has swept it.
            }
        }
    }

    /// <summary>Asserts that ECS was never asked to start anything, and that nothing was written down.</summary>
    public static void HasStartedNothing(this Operator me)
    {
        Assert.Empty(me.Calls("RunTask"));
        Assert.Empty(me.Fargate.Tasks);
        Assert.Empty(me.SessionFolders());
        Assert.Empty(me.SessionFiles());
    }

    /// <summary>Asserts that so many tasks were started, that all of them have gone, and that nothing is remembered.</summary>
    public static async Task HasLeftNothingAsync(this Operator me, int startedTasks = 1)
    {
        Assert.Equal(startedTasks, me.Fargate.Tasks.Count);
        Assert.All(me.Fargate.Tasks, task => Assert.NotNull(task.StopCode));
        Assert.Empty(me.SessionFolders());
        Assert.Empty(me.SessionFiles());
        await Eventually.BecomesAsync(
            () => me.Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped && !task.IsAlive),
            () => string.Join(", ", me.Fargate.Tasks));
    }

    private static DirectoryInfo[] SharedFolders()
    {
        DirectoryInfo sessions = new(Operator.SharedFolderOf(""));
        return sessions.Exists ? sessions.GetDirectories() : [];
    }
}

/// <summary>The end of a process with a script that was to fail.</summary>
internal sealed record FailedProcess(IReadOnlyList<SeenError> Errors, string Output, int ExitCode);

/// <summary>The files of a session on disk.</summary>
internal sealed record SessionFolder(string Path, string SessionId, string? EndpointUrl)
{
    public string KeyPath => System.IO.Path.Combine(Path, "id_ed25519");

    public string EntryPath => System.IO.Path.Combine(Path, "session.json");

    /// <summary>Whether its entry names an account, by its task or its task definition.</summary>
    public bool HasAccount => Entry() is var entry && (entry["taskArn"] ?? entry["definitionAccount"]) is not null;

    /// <summary>Ages the session by two hours: ECS forgets no younger task.</summary>
    public void MakeOld()
    {
        var entry = Entry();
        entry["createdAt"] = DateTimeOffset.UtcNow.AddHours(-2);
        File.WriteAllText(EntryPath, entry.ToJsonString());
    }

    private JsonNode Entry() => JsonNode.Parse(File.ReadAllText(EntryPath))!;

    /// <summary>Reads one, or gives null where another test's session is coming or going, or was damaged.</summary>
    public static SessionFolder? TryRead(DirectoryInfo folder)
    {
        try
        {
            using var entry = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(folder.FullName, "session.json")));
            return new SessionFolder(
                folder.FullName, folder.Name, entry.RootElement.GetProperty("connection").GetProperty("endpointUrl").GetString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }
}
