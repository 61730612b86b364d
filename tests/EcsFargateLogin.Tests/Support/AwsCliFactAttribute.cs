namespace EcsFargateLogin.Tests.Support;

/// <summary>A test that runs where the AWS CLI is installed, and says that it did not run elsewhere.</summary>
internal sealed class AwsCliFactAttribute : FactAttribute
{
    public AwsCliFactAttribute()
    {
        if (Program is null)
        {
            Skip = "Not run: there is no 'aws' on PATH. On Debian, apt-get install awscli.";
        }
    }

    /// <summary>The first AWS CLI on PATH, or null.</summary>
    internal static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "aws")).FirstOrDefault(File.Exists);
}
