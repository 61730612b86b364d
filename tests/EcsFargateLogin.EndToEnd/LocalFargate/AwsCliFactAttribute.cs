namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>A test that runs where the AWS CLI is installed, and says that it did not run elsewhere.</summary>
internal sealed class AwsCliFactAttribute : FactAttribute
{
    public AwsCliFactAttribute()
    {
        if (Programs.Count == 0)
        {
            Skip = "Not run: there is no 'aws' on PATH. On Debian, apt-get install awscli.";
        }
    }

    /// <summary>Every AWS CLI on PATH.</summary>
    public static IReadOnlyList<string> Programs { get; } =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "aws")).Where(File.Exists).Distinct(),
    ];
}
