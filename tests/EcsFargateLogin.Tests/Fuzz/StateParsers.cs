using System.Text;
using System.Text.Json;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Presets;
using EcsFargateLogin.Tests.Journal;
using EcsFargateLogin.Tests.Presets;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of files that this module keeps, which other versions, programs and people may have written.</summary>
internal sealed class StateParsers : ParserTable
{
    private const string PresetFile = """
        {"presets":{"default":{"Cluster":"prod","Subnet":["subnet-1","subnet-2"],"AssignPublicIp":"Enabled","Port":22,"Cpu":"0.5",
        "Tag":{"team":"ops"},"FallbackToOnDemand":true},"Staging":{}}}
        """;

    private readonly TemporaryFolder _folder;
    private readonly SessionJournal _journal;

    public StateParsers()
    {
        _folder = Own(new TemporaryFolder());
        _journal = new SessionJournal(_folder["state/sessions"]);
        AddBytes("the user's presets", [Encoding.UTF8.GetBytes(PresetFile)], bytes => PresetsOf(bytes, isProjectFile: false));
        AddBytes("a project's presets", [Encoding.UTF8.GetBytes(PresetFile)], bytes => PresetsOf(bytes, isProjectFile: true));
        Add("a session's record", () =>
        {
            var sessionId = _journal.Open();
            var record = SampleRecord.Of(sessionId, SampleTask.Arn);
            return new FuzzedParser("a session's record", [JsonSerializer.SerializeToUtf8Bytes(record, SessionJournal.Json)], bytes =>
                RecordOf(sessionId, bytes));
        });
        Add("the history of starts", () =>
        {
            StartHistory history = new(Directory.CreateDirectory(_folder["history"]).FullName);
            history.RecordAsync([StartHistoryTests.Ready("fl-abcdefghjk")], CancellationToken.None).GetAwaiter().GetResult();
            return new FuzzedParser("the history of starts", [File.ReadAllBytes(_folder["history/starts.json"])], HistoryOf);
        });
    }

    private static IEnumerable<string?> PresetsOf(byte[] bytes, bool isProjectFile)
    {
        var presets = PresetParser.Parse("file", bytes, PresetParserTests.Keys, isProjectFile);
        // Of the user's own presets, the values of maps are whatever the user has written.
        return presets.Keys.Concat(isProjectFile
            ? presets.Values.SelectMany(preset => preset.Values).OfType<Dictionary<string, string>>().SelectMany(map => map.Values)
            : []);
    }

    private IEnumerable<string?> RecordOf(string sessionId, byte[] bytes)
    {
        File.WriteAllBytes(_folder[$"state/sessions/{sessionId}/session.json"], bytes);
        foreach (var damaged in _journal.ReadDamaged())
        {
            yield return damaged.Why;
        }

        if (_journal.Find(sessionId) is { } record)
        {
            FargateSession session = new(record, _folder[$"state/sessions/{sessionId}"]);
            yield return session.ToString();
            yield return $"{session.TaskId} {session.KeyPath} {session.Region} {session.TaskDefinition} {session.ContainerName} {session.UserName}";
        }
    }

    private IEnumerable<string?> HistoryOf(byte[] bytes)
    {
        File.WriteAllBytes(_folder["history/starts.json"], bytes);
        var (starts, fault) = new StartHistory(_folder["history"]).Read();
        return [fault, .. starts.SelectMany(start => new[] { $"{start}", start.Cluster, start.Region, $"{start.Phases}", start.SessionId })];
    }
}
