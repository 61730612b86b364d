namespace EcsFargateLogin.Help;

/// <summary>
/// Builds the help: cmdlets from the assembly, descriptions of parameters from its documentation, everything else from the
/// markdown; checked for completeness and written in the formats of Get-Help.
/// </summary>
internal static class HelpBuild
{
    /// <summary>Builds the help.</summary>
    /// <param name="assembly">The assembly of the cmdlets, with its documentation (.xml) in the same folder.</param>
    /// <param name="sources">The folder of the markdown: one file a cmdlet, and about_*.md.</param>
    /// <param name="helpFile">The MAML file to write.</param>
    /// <param name="topicsFolder">The folder to write the about_*.help.txt to.</param>
    /// <exception cref="HelpException">Something is missing; nothing was written.</exception>
    internal static void Run(string assembly, string sources, string helpFile, string topicsFolder)
    {
        List<HelpProblem> problems = [];
        var cmdlets = CmdletReader.Read(assembly);
        List<(Cmdlet Cmdlet, HelpPage Page)> pages = [];
        foreach (var cmdlet in cmdlets)
        {
            var file = Path.Combine(sources, $"{cmdlet.Name}.md");
            problems.AddRange(ProblemsOf(cmdlet, assembly));
            Collect(problems, () => pages.Add((cmdlet, HelpPage.Read(file))));
        }

        problems.AddRange(Directory.GetFiles(sources, "*-*.md").Order(StringComparer.Ordinal)
            .Where(file => !cmdlets.Any(cmdlet => cmdlet.Name == Path.GetFileNameWithoutExtension(file)))
            .Select(file => new HelpProblem(file, "There is no cmdlet of that name. Rename the file or delete it.")));
        List<(string Name, string Text)> topics = [];
        foreach (var file in Directory.GetFiles(sources, "about_*.md").Order(StringComparer.Ordinal))
        {
            Collect(problems, () => topics.Add((Path.GetFileNameWithoutExtension(file), TopicWriter.Render(file))));
        }

        if (problems.Count > 0)
        {
            throw new HelpException(problems);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(helpFile)!);
        MamlWriter.Write(pages, helpFile);
        WriteTopics(topics, topicsFolder);
    }

    private static void WriteTopics(IReadOnlyList<(string Name, string Text)> topics, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.GetFiles(folder, "about_*.help.txt"))
        {
            File.Delete(old);
        }

        foreach (var (name, text) in topics)
        {
            File.WriteAllText(Path.Combine(folder, $"{name}.help.txt"), text);
        }
    }

    private static IEnumerable<HelpProblem> ProblemsOf(Cmdlet cmdlet, string assembly)
    {
        // Parameters of another cmdlet are reported there.
        foreach (var parameter in cmdlet.Parameters.Where(own => own.Description.Count == 0 && own.Roles.Count > 0))
        {
            yield return new HelpProblem(
                assembly, $"{cmdlet.Name} -{parameter.Name} has no description. Give its property a <summary>.");
        }

        if (cmdlet.HelpUri?.EndsWith($"/{cmdlet.Name}.md", StringComparison.Ordinal) != true)
        {
            yield return new HelpProblem(
                assembly, $"{cmdlet.Name} has no page for Get-Help -Online. "
                + $"Give its CmdletAttribute HelpUri = HelpPages.Folder + \"{cmdlet.Name}.md\".");
        }
    }

    private static void Collect(List<HelpProblem> problems, Action read)
    {
        try
        {
            read();
        }
        catch (HelpException e)
        {
            problems.AddRange(e.Problems);
        }
    }
}

/// <summary>Everything that the help lacks.</summary>
internal sealed class HelpException(IReadOnlyList<HelpProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    internal HelpException(string file, string text)
        : this([new HelpProblem(file, text)])
    {
    }

    internal IReadOnlyList<HelpProblem> Problems { get; } = problems;
}

/// <summary>A part that the help lacks.</summary>
/// <param name="File">The file that should have it.</param>
/// <param name="Text">The problem, and what to do about it.</param>
internal sealed record HelpProblem(string File, string Text);
