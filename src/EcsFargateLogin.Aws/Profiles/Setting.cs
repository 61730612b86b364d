namespace EcsFargateLogin.Aws.Profiles;

/// <summary>A setting of one of AWS's two files, and where it stands. A class, not a record, so that it does not print a secret.</summary>
/// <param name="name">Its name in lower case.</param>
/// <param name="path">The file.</param>
/// <param name="line">The line of its name; 0 where it has none.</param>
/// <param name="value">What follows the name on that line.</param>
internal sealed class Setting(string name, string path, int line, string value)
{
    private readonly List<(int Line, string Text)> _more = [];

    internal string Name => name;

    /// <summary>The value as the AWS CLI has it: with the lines that continue it, and without blanks around it.</summary>
    internal string Value => string.Join('\n', [value, .. _more.Select(part => part.Text)]).TrimEnd();

    /// <summary>The first line that continues the value; null where the value has one line.</summary>
    internal int? Continuation => _more.Select(part => (int?)part.Line).FirstOrDefault();

    /// <summary>Where it stands, for people.</summary>
    internal string Where => line == 0 ? path : $"line {line} of '{path}'";

    /// <summary>Adds a line that continues the value.</summary>
    internal void Continue(int atLine, string text) => _more.Add((atLine, text));

    /// <summary>A setting inside of this one, as in "s3 =" with indented lines below it; null where there is none of that name.</summary>
    internal Setting? Nested(string nestedName) => value.Length > 0 ? null : _more
        .Select(part => (part.Line, Pair: part.Text.Split('=', 2, StringSplitOptions.TrimEntries)))
        .Where(part => part.Pair.Length == 2 && part.Pair[0].Equals(nestedName, StringComparison.OrdinalIgnoreCase))
        .Select(part => new Setting(nestedName, path, part.Line, part.Pair[1]))
        .LastOrDefault();
}
