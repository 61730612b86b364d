using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Iam;

/// <summary>The client of AWS IAM, for its policy simulator.</summary>
internal sealed class IamClient(AWSCredentials credentials, ClientSettings settings)
    : QueryClient(credentials, settings, "2010-05-08")
{
    internal const string ServiceId = "IAM";
    internal const string SigningName = "iam";

    private const string Allowed = "allowed";

    internal async Task<string> GetRoleArnAsync(string roleName, CancellationToken cancellationToken)
    {
        var reply = await CallAsync("GetRole", [KeyValuePair.Create("RoleName", roleName)], cancellationToken);
        return reply.Descendants().FirstOrDefault(element => element.Name.LocalName == "Arn")?.Value
            ?? throw CloudErrors.MalformedReply("iam:GetRole", "lacks Arn");
    }

    internal async Task<PermissionReply> SimulateAsync(PermissionQuestion question, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] form =
        [
            new("PolicySourceArn", question.PrincipalArn),
            new("ActionNames.member.1", question.Action),
            new("ResourceArns.member.1", question.Resource),
            .. question.Context.SelectMany((entry, index) => ContextEntry(index + 1, entry)),
        ];
        var reply = await CallAsync("SimulatePrincipalPolicy", form, cancellationToken);
        return ToReply(reply);
    }

    private static IEnumerable<KeyValuePair<string, string>> ContextEntry(int number, KeyValuePair<string, string> entry)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"ContextEntries.member.{number}");
        return
        [
            new($"{name}.ContextKeyName", entry.Key),
            new($"{name}.ContextKeyType", TypeOf(entry.Value)),
            new($"{name}.ContextKeyValues.member.1", entry.Value),
        ];
    }

    /// <summary>The type by which conditions compare a value: NumericEquals takes no text, and IpAddress an address alone.</summary>
    private static string TypeOf(string value) =>
        value.Length > 0 && value.All(char.IsAsciiDigit) ? "numeric"
        : IPAddress.TryParse(value, out _) ? "ip"
        : "string";

    private static PermissionReply ToReply(XElement reply)
    {
        var results = reply.Descendants().FirstOrDefault(element => element.Name.LocalName == "EvaluationResults");
        var result = results?.Elements().FirstOrDefault();
        var decision = result is null ? null : Text(result, "EvalDecision");
        return decision is null
            ? throw CloudErrors.MalformedReply("iam:SimulatePrincipalPolicy", "lacks EvalDecision")
            : new(decision == Allowed, [.. Child(result!, "MissingContextValues")?.Elements().Select(key => key.Value) ?? []]);
    }
}
