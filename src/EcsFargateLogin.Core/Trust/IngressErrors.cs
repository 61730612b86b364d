using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Trust;

/// <summary>Errors about rules that admit this machine's address.</summary>
internal static class IngressErrors
{
    internal static FargateException MyAddressUnknown() => new(
        FargateError.InvalidMyAddress,
        "-AuthorizeMyAddress has to know the address by which AWS sees this machine.",
        $"Name it with -MyAddress, such as -MyAddress 198.51.100.7, or set {MyAddress.ServiceVariable} to the URL of a service "
        + "that answers with it as text, such as https://checkip.amazonaws.com.")
    { Target = "-MyAddress" };

    internal static FargateException MyAddressMalformed(string text) => new(
        FargateError.InvalidMyAddress,
        $"'{text}' is not the address of one machine that can reach AWS.",
        "Give -MyAddress one IPv4 or IPv6 address, such as 198.51.100.7 or 2001:db8::7; a network is never admitted.")
    { Target = text };

    internal static FargateException MyAddressServiceFailed(string url, string why, Exception? cause = null) => new(
        FargateError.InvalidMyAddress,
        $"{url}, which {MyAddress.ServiceVariable} names, did not tell this machine's address: {why}.",
        "Correct that variable, or name the address with -MyAddress.",
        cause)
    { Target = url };

    internal static FargateException IngressWithoutGroup() => new(
        FargateError.InvalidMyAddress,
        "-AuthorizeMyAddress was given without -SecurityGroup, so that there is no group to admit the address.",
        "Name a security group with -SecurityGroup; the rule is added to the first one.")
    { Target = "-SecurityGroup" };

    /// <summary>A warning that the rule may be removed before the session has ended.</summary>
    internal static string IngressNotShared(FargateSession session, IngressRule rule, FargateException cause) =>
        $"{rule.SecurityGroupId} admits {rule.Cidr} by a rule of another machine's sessions ('{rule.Description}'), which "
        + $"removes it without regard to session {session.SessionId}: {cause.Message}";

    internal static FargateException IngressContended(IngressRule rule) => new(
        FargateError.RequestRejected,
        $"The rule that admits {rule.Cidr} to security group {rule.SecurityGroupId} on port {rule.Port} is being changed by "
        + "others all the time.",
        "Try again in a moment.")
    { Target = rule.SecurityGroupId };

    internal static FargateException IngressNotRevoked(FargateSession session, FargateException cause)
    {
        var stop = $"Stop-FargateSession -SessionId {session.SessionId}";
        var (message, advice) = session.Ingress is { } rule
            ? ($"Security group {rule.SecurityGroupId} still admits {rule.Cidr} on port {rule.Port}, because the rule of session "
                + $"{session.SessionId} could not be removed: {cause.Message}",
                $"Remove it with: {stop} or: {RevokeCommand(session, rule)}")
            : ($"A security group may still admit this machine's address, because the entry of session {session.SessionId} in the "
                + $"journal cannot be read, and its rule could not be searched for: {cause.Message}",
                $"Search again with: {stop}");
        return new FargateException(
            FargateError.IngressNotRevoked, message, advice + SessionCommands.WithCredentials(session), cause)
        { MayLeaveTask = true, Target = session.Ingress?.SecurityGroupId ?? session.SessionId };
    }

    private static string RevokeCommand(FargateSession session, IngressRule rule)
    {
        var port = rule.Port.ToString(CultureInfo.InvariantCulture);
        var range = rule.IsIPv6 ? $"Ipv6Ranges=[{{CidrIpv6={rule.Cidr}}}]" : $"IpRanges=[{{CidrIp={rule.Cidr}}}]";
        return CommandText.Of(
            "aws",
            [
                "ec2", "revoke-security-group-ingress", "--group-id", rule.SecurityGroupId, "--ip-permissions",
                $"IpProtocol=tcp,FromPort={port},ToPort={port},{range}", .. SessionCommands.Option("--region", session.Region),
                .. SessionCommands.Option("--profile", session.ProfileName),
                .. SessionCommands.Option("--endpoint-url", session.EndpointUrl),
            ]);
    }
}
