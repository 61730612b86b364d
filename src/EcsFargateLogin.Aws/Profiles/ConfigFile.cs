namespace EcsFargateLogin.Aws.Profiles;

/// <summary>One of AWS's two files. One that is not there, or that is no file, is empty, as it is for the AWS CLI.</summary>
internal sealed class ConfigFile
{
    /// <summary>Upper bound for the size of a file, in bytes; one with thousands of profiles has a megabyte.</summary>
    private const int LongestFile = 16 * 1024 * 1024;

    private ConfigFile(string path, TextFile file)
    {
        var content = ConfigParser.Parse(file.Text, path);
        Path = path;
        Absence = file.Absence;
        Sections = content.Sections;
        Malformed = content.Malformed;
    }

    internal string Path { get; }

    /// <summary>Why nothing was read, as the end of a sentence; null where the file was read.</summary>
    internal string? Absence { get; }

    /// <summary>Its sections by what stands between their brackets, in the order of the file.</summary>
    internal IReadOnlyDictionary<string, ConfigSection> Sections { get; }

    /// <summary>The first line that makes the whole file unsafe to use; null where there is none.</summary>
    internal string? Malformed { get; }

    internal static ConfigFile Read(string path) => new(path, TextFile.Read(path, LongestFile));
}
