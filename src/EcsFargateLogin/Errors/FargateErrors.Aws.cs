namespace EcsFargateLogin;

// Errors about AWS itself: how it is reached, and what it refuses.
internal static partial class FargateErrors
{
    internal static FargateException ProfileNotFound(string profileName, string searched) => new(
        FargateError.ProfileNotFound,
        $"The credential profile '{profileName}' was not found in {searched}.",
        "Check the name given to -ProfileName or AWS_PROFILE, or create it with 'aws configure --profile NAME' or Set-AWSCredential.")
    {
        Target = profileName,
    };
}
