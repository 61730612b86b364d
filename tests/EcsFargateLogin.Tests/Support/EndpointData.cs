using System.Runtime.Loader;

namespace EcsFargateLogin.Tests.Support;

/// <summary>
/// The endpoint data of AWSSDK.Core 3: the host of each service in each region, as AWS lists them. Version 4 has the
/// partitions alone, and leaves the hosts to the packages of the services.
/// </summary>
internal static class EndpointData
{
    private static readonly System.Reflection.Assembly Sdk =
        new AssemblyLoadContext("AWSSDK 3").LoadFromAssemblyPath(ModuleFolder.Sdk3);

    /// <summary>The host, or null where the region's partition has no such endpoints.</summary>
    internal static string? Host(string service, string region, bool fips, bool dualStack)
    {
        dynamic options = Activator.CreateInstance(Sdk.GetType("Amazon.Internal.GetEndpointForServiceOptions")!)!;
        options.FIPS = fips;
        options.DualStack = dualStack;
        dynamic found = Sdk.GetType("Amazon.RegionEndpoint")!.GetMethod("GetBySystemName")!.Invoke(null, [region])!;
        try
        {
            return found.GetEndpointForService(service, options).Hostname;
        }
        catch (Exception exception) when (exception.GetType().Name == "AmazonClientException")
        {
            return null;
        }
    }
}
