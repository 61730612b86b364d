using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Journal;

/// <summary>How AWS is reached for a session, as it was when it was started. Sessions with the same one share a connection.</summary>
internal sealed record SessionConnection(
    string Region, CredentialOrigin Origin, string? ProfileName, string? ProfileLocation, string? EndpointUrl)
{
    public static SessionConnection Of(CloudConnection connection) => new(
        connection.Region,
        connection.CredentialOrigin,
        connection.ProfileName,
        connection.ProfileLocation,
        connection.EndpointUrl);

    public static SessionConnection Of(JournalEntry entry) => new(
        entry.Region, entry.CredentialOrigin, entry.ProfileName, entry.ProfileLocation, entry.EndpointUrl);
}
