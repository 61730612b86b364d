namespace EcsFargateLogin.Cloud;

/// <summary>A code of a multi-factor device is needed to assume a role.</summary>
/// <param name="ProfileName">The profile that wants it.</param>
/// <param name="SerialNumber">The device's serial number or ARN.</param>
internal sealed record MfaRequest(string ProfileName, string SerialNumber);
