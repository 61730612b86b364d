namespace EcsFargateLogin.Help;

/// <summary>What the help lacks, all of it at once.</summary>
internal sealed class HelpException(IReadOnlyList<HelpProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    internal HelpException(string file, string text)
        : this([new HelpProblem(file, text)])
    {
    }

    internal IReadOnlyList<HelpProblem> Problems { get; } = problems;
}

/// <summary>A thing that the help lacks.</summary>
/// <param name="File">The file that should have it.</param>
/// <param name="Text">What is missing, and what to do.</param>
internal sealed record HelpProblem(string File, string Text);
