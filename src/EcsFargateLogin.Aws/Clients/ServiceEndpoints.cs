using System.Globalization;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// Finds a service's URL: the parameter, then what the environment and the profile configure, then AWS's own host in
/// the region's partition, by the rules of AWS's endpoint rule sets.
/// </summary>
internal sealed class ServiceEndpoints(CloudSettings settings, Profile? profile, string region)
{
    private const string EndpointUrl = "endpoint_url";
    private const string UseFips = "use_fips_endpoint";
    private const string UseDualStack = "use_dualstack_endpoint";
    private const string IgnoreEndpointUrls = "ignore_configured_endpoint_urls";

    /// <summary>Whether requests go to FIPS endpoints.</summary>
    internal bool UsesFips => IsOn(EnvironmentNames.UseFips, UseFips);

    /// <param name="serviceId">The service's id in its model, such as CloudWatch Logs.</param>
    /// <param name="prefix">The first label of its host names.</param>
    internal Uri Resolve(string serviceId, string prefix)
    {
        return ConfiguredUrl(serviceId) ?? new Uri(DefaultUrl(serviceId, prefix));
    }

    /// <summary>
    /// Resolves IAM, which has one host in each partition; requests are signed for that host's region, whatever the URL.
    /// </summary>
    internal (Uri Url, string Region) ResolveIam(string serviceId)
    {
        var home = IamHost(serviceId);
        return (ConfiguredUrl(serviceId) ?? new Uri($"https://{home.Host}/"), home.Region);
    }

    private (string Host, string Region) IamHost(string serviceId)
    {
        var useFips = UsesFips;
        return (Fn.Partition(region).name, useFips) switch
        {
            ("aws", false) => ("iam.amazonaws.com", "us-east-1"),
            ("aws", true) => ("iam-fips.amazonaws.com", "us-east-1"),
            ("aws-us-gov", _) => ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("aws-cn", false) => ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("aws-iso", false) => ("iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            ("aws-iso-b", false) => ("iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
            _ => throw CloudErrors.UnsupportedEndpoint(serviceId, region, useFips ? "FIPS" : "known"),
        };
    }

    /// <summary>Returns the configured URL; null for AWS's own.</summary>
    internal Uri? ConfiguredUrl(string serviceId)
    {
        var given = settings.EndpointUrl is { } url ? (url, "-EndpointUrl") : Configured(serviceId);
        return given is { } found ? Parse(found.Url, found.Source) : null;
    }

    private (string Url, string Source)? Configured(string serviceId)
    {
        if (IsOn(EnvironmentNames.IgnoreEndpointUrls, IgnoreEndpointUrls))
        {
            return null;
        }

        return FromVariable($"{EnvironmentNames.EndpointUrl}_{serviceId.Replace(' ', '_').ToUpperInvariant()}")
            ?? FromVariable(EnvironmentNames.EndpointUrl)
            ?? FromProfile(serviceId);
    }

    private static (string, string)? FromVariable(string name) =>
        EnvironmentNames.Value(name) is { } url ? (url, $"environment variable {name}") : null;

    private (string, string)? FromProfile(string serviceId) =>
        (FromServicesSection(serviceId) ?? profile?.Find(EndpointUrl)) is { } setting
            ? (profile!.Text(setting), $"{profile.Source}, {setting.Where}")
            : null;

    /// <summary>Reads a service's URL from the services section that the profile refers to; null if it has none.</summary>
    private Setting? FromServicesSection(string serviceId)
    {
        const string services = "services";
        if (profile?.Find(services) is not { } reference)
        {
            return null;
        }

        var section = profile.Section(services, reference)
            ?? throw profile.Invalid(
                reference, $"is '{profile.Text(reference)}', and there is no section [services {reference.Value}]");
        return section[serviceId.Replace(' ', '_').ToLowerInvariant()]?.Nested(EndpointUrl) is { Value.Length: > 0 } setting
            ? setting
            : null;
    }

    /// <summary>Whether a switch is on: in the environment or, if it is not set there, in the profile.</summary>
    private bool IsOn(string variable, string setting) => EnvironmentNames.Switch(variable) ?? profile?.Switch(setting) ?? false;

    private static Uri Parse(string text, string source) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
        && url.Host.Length > 0
        && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0
            ? url
            // The part before an @ may contain a password.
            : throw CloudErrors.InvalidEndpoint(text[(text.LastIndexOf('@') + 1)..], source);

    private string DefaultUrl(string serviceId, string prefix)
    {
        var useFips = UsesFips;
        var useDualStack = IsOn(EnvironmentNames.UseDualStack, UseDualStack);
        var partition = Fn.Partition(region);
        if (useFips && !partition.supportsFIPS)
        {
            throw CloudErrors.UnsupportedEndpoint(serviceId, region, "FIPS");
        }

        if (useDualStack && !partition.supportsDualStack)
        {
            throw CloudErrors.UnsupportedEndpoint(serviceId, region, "dual-stack");
        }

        // By the services' rule sets, these hosts of GovCloud are FIPS endpoints under their plain names.
        var isPlainName = prefix is "ec2" or "logs" or "sts" or "ssm" && partition.name == "aws-us-gov" && !useDualStack;
        var host = useFips && !isPlainName ? $"{prefix}-fips" : prefix;
        var suffix = useDualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        return string.Create(CultureInfo.InvariantCulture, $"https://{host}.{region}.{suffix}/");
    }
}
