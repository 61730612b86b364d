using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

/// <summary>Amazon EC2. A new operation is one method that writes its parameters and reads its elements.</summary>
internal sealed class Ec2Client(AWSCredentials credentials, AwsClientConfig config)
    : Ec2QueryClient(credentials, config, "2016-11-15")
{
    internal const string ServiceId = "EC2";
    internal const string SigningName = "ec2";

    internal async Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IEnumerable<string> networkInterfaceIds, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "DescribeNetworkInterfaces", Filter("network-interface-id", networkInterfaceIds), cancellationToken);
        return [.. Items(answer, "networkInterfaceSet").Select(ToNetworkInterface)];
    }

    private static NetworkInterfaceDescription ToNetworkInterface(XElement item) => new()
    {
        Id = Text(item, "networkInterfaceId")
            ?? throw FargateErrors.MalformedAnswer("ec2:DescribeNetworkInterfaces", "lacks networkInterfaceId"),
        PublicIPv4Address = Child(item, "association") is { } association ? Text(association, "publicIp") : null,
        PrivateIPv4Address = Text(item, "privateIpAddress"),
        IPv6Addresses = [.. Items(item, "ipv6AddressesSet").Select(each => Text(each, "ipv6Address")).OfType<string>()],
        SubnetId = Text(item, "subnetId"),
    };

    /// <summary>A filter: unlike a list of ids, it makes no error of an id that does not exist.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Filter(string name, IEnumerable<string> values) =>
    [
        KeyValuePair.Create("Filter.1.Name", name),
        .. values.Select((value, index) => KeyValuePair.Create(
            string.Create(CultureInfo.InvariantCulture, $"Filter.1.Value.{index + 1}"), value)),
    ];

    private static IEnumerable<XElement> Items(XElement parent, string set) =>
        Child(parent, set)?.Elements().Where(element => element.Name.LocalName == "item") ?? [];

    private static string? Text(XElement parent, string name) =>
        Child(parent, name)?.Value is { Length: > 0 } text ? text : null;

    private static XElement? Child(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}
