using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Profiles;

/// <summary>AWS's two files mean here what they mean to the AWS CLI.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ProfileVectorTests
{
    public static TheoryData<string> Names => [.. ProfileVectors.All.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Files_give_the_keys_and_the_region_that_they_give_to_the_AWS_CLI(string name)
    {
        var vector = ProfileVectors.All.Single(each => each.Name == name);
        await using var trial = await ProfileTrial.StartAsync(vector);

        var (outcome, complaint) = await trial.WithModuleAsync();

        Assert.True((vector.Milder ?? vector.Outcome) == outcome, $"{outcome}: {complaint?.Message}");
        if (complaint is not null)
        {
            Assert.Contains(vector.Named, complaint.Message);
            AssertPlain(complaint);
        }
    }

    [Fact]
    public void Complaints_are_tried_for_what_they_name() => Assert.All(
        ProfileVectors.All,
        vector => Assert.True(vector.Named.Length > 0 == (vector is { Outcome: ProfileVector.Complaint, Milder: null }), vector.Name));

    private static void AssertPlain(FargateException complaint)
    {
        Assert.DoesNotContain(ProfileVector.Secret, complaint.ToString());
        Assert.DoesNotContain("Exception", complaint.Message);
        Assert.DoesNotContain("Amazon.", complaint.Message);
    }
}

/// <summary>The recorded results of the AWS CLI are those of the one on this machine.</summary>
public sealed class AwsCliOracleTests
{
    [AwsCliFact]
    public async Task The_AWS_CLI_makes_of_the_files_what_was_recorded()
    {
        var program = AwsCliFactAttribute.Program!;
        var version = await VersionAsync(program);
        ProfileVector[] vectors = [.. ProfileVectors.All.Where(vector => Takes(version, vector))];
        using TemporaryFolder homes = new();
        var trials = await Task.WhenAll(vectors.Select(ProfileTrial.StartAsync));
        try
        {
            var succeeded = await AwsCliCall.MakeAsync(
                program, [.. trials.Select((trial, index) => trial.PrepareAwsCli(Directory.CreateDirectory(homes[$"{index}"]).FullName))]);

            string[] different =
            [
                .. vectors.Select((vector, index) => (vector, outcome: trials[index].OutcomeOfAwsCli(succeeded[index])))
                    .Where(pair => pair.outcome != pair.vector.Outcome).Select(pair => $"{pair.vector.Name}: {pair.outcome}"),
            ];
            Assert.True(different.Length == 0, string.Join('\n', different));
        }
        finally
        {
            await Task.WhenAll(trials.Select(trial => trial.DisposeAsync().AsTask()));
        }
    }

    private static async Task<Version> VersionAsync(string program)
    {
        // Python 2's wrote it to standard error.
        var (_, output, errors) = await RunningProgram.RunAsync(program, "--version");
        var name = (output + errors).Split(' ')[0];
        return Version.Parse(name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }

    /// <summary>Whether a version can be compared: older ones cannot be sent to an STS on this machine.</summary>
    private static bool Takes(Version version, ProfileVector vector) =>
        (!vector.IsOfVersion1 || version.Major == 1)
        && (!vector.Outcome.StartsWith("Assume", StringComparison.Ordinal)
            || version >= (version.Major == 1 ? new Version(1, 29) : new Version(2, 13)));
}
