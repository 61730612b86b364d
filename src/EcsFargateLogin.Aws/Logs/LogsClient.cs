using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;

namespace EcsFargateLogin.Aws.Logs;

/// <summary>Amazon CloudWatch Logs, as far as the log of a session's container needs it.</summary>
internal sealed class LogsClient(AWSCredentials credentials, ClientSettings settings)
    : AwsJsonClient(credentials, settings, "Logs_20140328", LogsShapes.OnWire)
{
    internal const string ServiceId = "CloudWatch Logs";
    internal const string SigningName = "logs";

    internal Task<GetLogEventsOutput> GetLogEventsAsync(GetLogEventsInput input, CancellationToken cancellationToken) =>
        CallAsync<GetLogEventsInput, GetLogEventsOutput>("GetLogEvents", input, cancellationToken);
}
