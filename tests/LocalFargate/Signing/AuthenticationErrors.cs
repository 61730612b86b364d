using LocalFargate.Protocol;

namespace LocalFargate.Signing;

/// <summary>AWS's answers to a request that is not signed as it should be. EC2 has codes of its own.</summary>
internal static class AuthenticationErrors
{
    internal static AwsException Missing(string service) => IsEc2(service)
        ? new("MissingAuthenticationToken", "The request must contain either a valid (registered) AWS access key ID or X.509 certificate.", 403)
        : new("MissingAuthenticationTokenException", "Missing Authentication Token");

    internal static AwsException Incomplete(string message) => new("IncompleteSignatureException", message);

    internal static AwsException UnknownKey(string service) => IsEc2(service)
        ? new("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
        : new("UnrecognizedClientException", "The security token included in the request is invalid.");

    internal static AwsException ExpiredToken(string service) => IsEc2(service)
        ? new("RequestExpired", "Request has expired.")
        : new("ExpiredTokenException", "The security token included in the request is expired");

    internal static AwsException OutOfTime(string service, string message) => IsEc2(service)
        ? new("RequestExpired", "Request has expired.")
        : new("InvalidSignatureException", message);

    internal static AwsException WrongScope(string service, string message) => IsEc2(service)
        ? new("SignatureDoesNotMatch", message, 403)
        : new("InvalidSignatureException", message);

    internal static AwsException WrongSignature(string service) => WrongScope(
        service,
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");

    private static bool IsEc2(string service) => service == "ec2";
}
