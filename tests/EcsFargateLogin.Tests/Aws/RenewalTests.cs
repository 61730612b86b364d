using Amazon.Runtime;
using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Sts;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The renewal of keys that end.</summary>
public sealed class RenewalTests
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(60, 54, 1)]
    [InlineData(60, 55, 2)]
    [InlineData(8, 3, 1)]
    [InlineData(8, 4, 2)]
    [InlineData(null, 1_000_000, 1)]
    public async Task Keys_are_renewed_shortly_before_they_end(int? minutesOfLife, int minutesLater, int expected)
    {
        CountedCredentials credentials = new() { MinutesOfLife = minutesOfLife };
        await credentials.GetCredentialsAsync();
        credentials.Time += TimeSpan.FromMinutes(minutesLater);
        Assert.Equal($"AKID{expected}", (await credentials.GetCredentialsAsync()).AccessKey);
    }

    [Fact]
    public async Task Where_they_cannot_be_renewed_they_are_used_until_they_end()
    {
        CountedCredentials credentials = new() { MinutesOfLife = 60 };
        await credentials.GetCredentialsAsync();
        credentials.Fails = true;
        credentials.Time += TimeSpan.FromMinutes(59);
        Assert.Equal("AKID1", (await credentials.GetCredentialsAsync()).AccessKey);
        credentials.Time += TimeSpan.FromMinutes(1);
        await Assert.ThrowsAsync<InvalidOperationException>(credentials.GetCredentialsAsync);
        credentials.Fails = false;
        Assert.Equal("AKID4", (await credentials.GetCredentialsAsync()).AccessKey);
    }

    [Fact]
    public async Task Many_requests_at_once_obtain_them_once()
    {
        CountedCredentials credentials = new() { MinutesOfLife = 60 };
        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(credentials.GetCredentialsAsync)));
        Assert.All(keys, each => Assert.Equal("AKID1", each.AccessKey));
    }

    private sealed class CountedCredentials : RenewableCredentials
    {
        private int _count;

        internal int? MinutesOfLife { get; init; }

        internal bool Fails { get; set; }

        internal DateTimeOffset Time { get; set; } = s_start;

        protected override DateTimeOffset Now => Time;

        protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            _count++;
            return Fails ? throw new InvalidOperationException()
                : new TemporaryKeys(
                    new ImmutableCredentials($"AKID{_count}", "secret", token: null),
                    MinutesOfLife is { } minutes ? Time.AddMinutes(minutes) : null);
        }
    }
}
