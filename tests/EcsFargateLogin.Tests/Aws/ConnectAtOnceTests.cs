using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>Connections that are made at the same time know nothing of each other.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ConnectAtOnceTests
{
    [Fact]
    public async Task Each_asks_the_services_of_its_own_profile_in_its_own_region()
    {
        string[] regions = ["eu-west-1", "eu-west-2", "eu-west-3", "us-east-1"];
        List<LoopbackServer> services = [];
        try
        {
            using EnvironmentScope environment = new();
            foreach (var region in regions)
            {
                services.Add(await TokenService.StartAsync());
            }

            environment.WriteConfig(string.Concat(regions.Select((region, index) => $"""
                [profile {region}]
                region = {region}
                role_arn = arn:aws:iam::123456789012:role/{region}
                source_profile = base
                services = {region}
                [services {region}]
                sts =
                  endpoint_url = {services[index].Url}

                """)));
            environment.WriteCredentials("[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = planted-secret\n");

            await Task.WhenAll(Enumerable.Range(0, 60).SelectMany(_ => regions).Select(region => Task.Run(async () =>
            {
                using var cloud = await Signer.ConnectAsync(new CloudSettings { ProfileName = region });
                Assert.Equal(region, cloud.Connection.Region);
            })));

            Assert.All(regions, (region, index) => Assert.All(services[index].Requests, request =>
            {
                Assert.Contains($"/{region}/sts/", request.Authorization);
                Assert.EndsWith($"/{region}", request.Form["RoleArn"], StringComparison.Ordinal);
            }));
            Assert.All(services, service => Assert.Equal(60, service.Requests.Count));
        }
        finally
        {
            foreach (var service in services)
            {
                await service.DisposeAsync();
            }
        }
    }
}
