namespace EcsFargateLogin.Tests.Profiles;

/// <summary>AWS's two files, and what the AWS CLI makes of them.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Outcome">
/// What the AWS CLI does: the calls of STS, then who signs ECS's request, with which token, for which region; or
/// <see cref="Complaint"/>.
/// </param>
public sealed record ProfileVector(string Name, string Outcome)
{
    /// <summary>The outcome where a command fails before it reaches ECS.</summary>
    internal const string Complaint = "complaint";

    internal const string Secret = "planted-secret-0123456789";
    internal const string Role = "arn:aws:iam::123456789012:role/operator";

    /// <summary>Both keys and a region, as lines of a profile.</summary>
    internal static string Keys(string accessKey) => $"aws_access_key_id = {accessKey}\naws_secret_access_key = {Secret}\nregion = eu-west-3\n";

    public string Config { get; init; } = "";

    public string Credentials { get; init; } = "";

    /// <summary>The profile that is named; null for none.</summary>
    public string? Profile { get; init; } = "it";

    /// <summary>Variables of the environment. {HOME} stands for the folder of the files.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The result of this module where it is milder than the AWS CLI.</summary>
    public string? Milder { get; init; }

    /// <summary>The value is one of version 1 of the AWS CLI, which version 2 refuses.</summary>
    public bool IsOfVersion1 { get; init; }

    /// <summary>The text that this module's complaint contains.</summary>
    public string Named { get; init; } = "";

    public override string ToString() => Name;
}
