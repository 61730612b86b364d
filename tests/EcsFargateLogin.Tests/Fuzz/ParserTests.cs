using System.Globalization;
using EcsFargateLogin.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>
/// Whatever others write, no parser crashes, hangs, takes memory without a bound, throws what is not documented, or keeps what is
/// not safe for a terminal. CONTRIBUTING.md says how to try other seeds and more cases.
/// </summary>
public sealed class ParserTests
{
    public static TheoryData<string> Names => FuzzRun.NamesOf(FuzzRun.Usual);

    [Theory]
    [MemberData(nameof(Names))]
    public Task It_bears_whatever_others_write(string name) => FuzzRun.CheckAsync(name);
}

/// <summary>The same for what is read by the environment's variables.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ProfileParserTests
{
    public static TheoryData<string> Names => FuzzRun.NamesOf(FuzzRun.OfEnvironment);

    [Theory]
    [MemberData(nameof(Names))]
    public Task It_bears_whatever_others_write(string name) => FuzzRun.CheckAsync(name);
}

/// <summary>Runs a parser on mutants of what is valid.</summary>
internal static class FuzzRun
{
    private const int UsualCases = 60;
    private const ulong UsualSeed = 20261129;

    /// <summary>The time limit for the usual number of cases.</summary>
    private static readonly TimeSpan Limit = Eventually.Limit;

    /// <summary>The tables of parsers that need nothing of the environment.</summary>
    public static Func<ParserTable>[] Usual { get; } =
    [
        () => new WordParsers(), () => new SshParsers(), () => new ChannelParsers(), () => new StateParsers(), () => new ReplyParsers(),
        () => new CopyParsers(),
    ];

    /// <summary>The tables of parsers that read the environment.</summary>
    public static Func<ParserTable>[] OfEnvironment { get; } = [() => new ProfileParsers()];

    /// <summary>Returns the names of the parsers of tables.</summary>
    public static TheoryData<string> NamesOf(Func<ParserTable>[] tables)
    {
        TheoryData<string> names = [];
        foreach (var create in tables)
        {
            using var table = create();
            foreach (var name in table.Names)
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Opens the table that has a parser.</summary>
    public static ParserTable TableOf(string name)
    {
        foreach (var create in Usual.Concat(OfEnvironment))
        {
            var table = create();
            if (table.Names.Contains(name))
            {
                return table;
            }

            table.Dispose();
        }

        throw new ArgumentException($"No parser is named '{name}'.", nameof(name));
    }

    /// <summary>Checks a parser.</summary>
    public static async Task CheckAsync(string name)
    {
        var cases = (int)Number("ECSFARGATELOGIN_FUZZ_CASES", UsualCases);
        var seed = Number("ECSFARGATELOGIN_FUZZ_SEED", UsualSeed);
        var table = TableOf(name);
        Mutant? last = null;
        var checking = Task.Factory.StartNew(
            () => Check(table[name], cases, seed, mutant => last = mutant), TaskCreationOptions.LongRunning);

        // A parser that hangs fails its own test, and not the whole run. It goes on using its table, which so stays.
        var limit = Limit * Math.Max(1, cases / UsualCases);
        if (await Task.WhenAny(checking, Task.Delay(limit)) != checking)
        {
            throw new TimeoutException($"'{name}' has not ended after {limit}. Its last content: {last}");
        }

        using (table)
        {
            await checking;
        }
    }

    private static void Check(FuzzedParser parser, int cases, ulong seed, Action<Mutant> begins)
    {
        foreach (var valid in parser.Corpus)
        {
            // What is valid is parsed: otherwise its mutants would only reach the first check.
            Assert.NotNull(parser.Parse(valid).ToList());
            parser.Check(valid);
        }

        var config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithQuietOnSuccess(true)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed), FSharpOption<int>.None)));
        FsCheck.Check.One(parser.Name, config, Prop.ForAll(
            Arb.From(Mutation.Of(parser.Corpus), Mutation.Shorten),
            mutant =>
            {
                begins(mutant);
                parser.Check(mutant.Content);
            }));
    }

    private static ulong Number(string variable, ulong usual) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : usual;
}
