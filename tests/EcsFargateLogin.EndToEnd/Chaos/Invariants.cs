using System.Text.RegularExpressions;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>Something that is so whatever happens.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Find">Finds what speaks against it.</param>
internal sealed record Invariant(string Name, Func<Evidence, IEnumerable<string>> Find);

/// <summary>What is so after every schedule and after every fault in the path: the one place that says it.</summary>
internal static partial class Invariants
{
    private static readonly Lazy<HashSet<string>> Headings = new(() =>
    [
        .. File.ReadLines(Path.Combine(Checkout.Module, "help", "about_EcsFargateLogin_Troubleshooting.md"))
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal))
            .Select(line => line[4..].Trim()),
    ]);

    public static readonly IReadOnlyList<Invariant> All =
    [
        new("every task is stopped or listed", Unlisted),
        new("what is listed can be stopped", evidence => evidence.NotStopped),
        new("no key of a stopped session is left", Keys),
        new("no rule of a closed session is left", evidence => evidence.Rules),
        new("no process, port, lock or file that is open is left", evidence => evidence.Holders),
        new("no temporary file is left", TemporaryFiles),
        new("every error has an id of the table, with its heading", UnknownErrors),
        new("no secret is anywhere", Secrets),
        new("no control character from outside is on a terminal", ControlCharacters),
        new("no file under its final name is not whole", PartialFiles),
        new("exit codes and output are the program's", WrongEnds),
    ];

    /// <summary>Checks all of them.</summary>
    public static IReadOnlyList<string> Violations(Evidence evidence) =>
        [.. from invariant in All from found in invariant.Find(evidence) select $"{invariant.Name}: {found}"];

    private static IEnumerable<string> Unlisted(Evidence evidence) =>
    [
        .. from task in evidence.TasksBefore
           where task.StopCode is null && task.Phase != TaskPhase.Stopped && !evidence.Listed.Contains(task.StartedBy ?? "")
           select $"task {task.StartedBy} runs on unseen",
        .. from task in evidence.Tasks
           where task.StopCode is null || task.IsAlive
           select $"task {task.StartedBy} still runs",
    ];

    private static IEnumerable<string> Keys(Evidence evidence) =>
        from file in evidence.Files
        where Path.GetFileName(file.Path) is "id_ed25519" or "proof_key" or "id_rsa" or "id_ecdsa"
            || file.Text.Contains("PRIVATE KEY", StringComparison.Ordinal)
        select file.Path;

    private static IEnumerable<string> TemporaryFiles(Evidence evidence) =>
        evidence.Files.Where(file => !file.IsMeant).Select(file => file.Path);

    private static IEnumerable<string> UnknownErrors(Evidence evidence) =>
        from error in evidence.Errors
        let id = error.Id.Split(',')[0]
        where error.ExceptionType != "EcsFargateLogin.FargateException" || !Headings.Value.Contains(id) || id == "Unexpected"
        select $"{error.Id}: {error.ExceptionType}: {error.Message}";

    private static IEnumerable<string> Secrets(Evidence evidence)
    {
        var places = evidence.Streams.Concat(evidence.SeenTexts).Concat(evidence.Files.Select(file => file.Text))
            .Concat(evidence.Errors.Select(error => error.Message));
        return from text in places
               from secret in evidence.Secrets
               let index = text.IndexOf(secret, StringComparison.Ordinal)
               where index >= 0
               select $"'{secret[..4]}…' is in: {text[Math.Max(0, index - 200)..index].ReplaceLineEndings(" ")}";
    }

    private static IEnumerable<string> ControlCharacters(Evidence evidence) =>
        from text in evidence.Streams.Concat(evidence.Errors.Select(error => error.Message))
        let match = ControlCharacter().Match(text)
        where match.Success
        select $"U+{(int)match.Value[0]:X4} in: {text[Math.Max(0, match.Index - 60)..match.Index]}";

    private static IEnumerable<string> PartialFiles(Evidence evidence) =>
        from copy in evidence.Copies
        where File.Exists(copy.Path)
        let content = File.ReadAllBytes(copy.Path)
        where !content.AsSpan().SequenceEqual(copy.Expected)
        select $"{copy.Path} has {content.Length} of {copy.Expected.Length} bytes";

    private static IEnumerable<string> WrongEnds(Evidence evidence) =>
        from end in evidence.Uses
        where end is { Output: not null, HasFailed: false } && !Regex.IsMatch(end.Output, end.Use.Output)
            && !(end.HasRunNothing && end.HasShellEnded)
        select $"{end.Use}: {end.Output!.ReplaceLineEndings("|")} {end.Errors.ReplaceLineEndings("|")}";

    /// <summary>Those of C0 but for tab and the ends of lines, C1, and what changes the direction of text.</summary>
    [GeneratedRegex("[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex ControlCharacter();
}
