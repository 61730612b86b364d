using System.Diagnostics;
using System.Text;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Profiles;

/// <summary>Has a vector's files used against services on this machine, and tells what these saw.</summary>
internal sealed class ProfileTrial : IAsyncDisposable
{
    private static readonly string[] s_optional = ["ExternalId", "DurationSeconds", "RoleSessionName"];

    private readonly ProfileVector _vector;
    private readonly LoopbackServer _ecs;
    private readonly LoopbackServer _sts;

    private ProfileTrial(ProfileVector vector, LoopbackServer ecs, LoopbackServer sts) => (_vector, _ecs, _sts) = (vector, ecs, sts);

    internal static async Task<ProfileTrial> StartAsync(ProfileVector vector) =>
        new(vector, await LoopbackServer.StartAsync("{}"), await TokenService.StartAsync());

    /// <summary>Lets this module use the files.</summary>
    /// <returns>What happened, and the module's complaint.</returns>
    internal async Task<(string Outcome, FargateException? Complaint)> WithModuleAsync()
    {
        using EnvironmentScope environment = new();
        foreach (var (name, value) in VariablesIn(environment.Home))
        {
            environment.Set(name, value.Length == 0 ? null : value);
        }

        WriteFiles(environment.Home);
        try
        {
            using var cloud = await Signer.ConnectAsync(new CloudSettings { ProfileName = _vector.Profile, EndpointUrl = _ecs.Url });
            await cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None);
            return (Outcome, null);
        }
        catch (FargateException complaint)
        {
            return (ProfileVector.Complaint, complaint);
        }
    }

    /// <summary>Writes the files for an AWS CLI, and says how to call it there.</summary>
    internal AwsCliCall PrepareAwsCli(string home)
    {
        WriteFiles(home);
        List<string> arguments = ["ecs", "list-clusters", "--endpoint-url", _ecs.Url, "--output", "json"];
        if (_vector.Profile is { } profile)
        {
            arguments.AddRange(["--profile", profile]);
        }

        var environment = new ProcessStartInfo().Environment
            .Where(variable => !variable.Key.StartsWith("AWS_", StringComparison.Ordinal))
            .ToDictionary();
        foreach (var (name, value) in VariablesIn(".").Where(variable => variable.Value.Length > 0))
        {
            environment[name] = value;
        }

        return new(arguments, environment, home);
    }

    /// <summary>
    /// Tells what an AWS CLI has made of the files. Where a machine is slow it asks a second time for the same.
    /// </summary>
    internal string OutcomeOfAwsCli(bool succeeded) => succeeded
        ? OutcomeOf(_sts.Requests.Select(Call).Distinct(), _ecs.Requests.Select(Keys).Distinct().Single())
        : ProfileVector.Complaint;

    public async ValueTask DisposeAsync()
    {
        await _ecs.DisposeAsync();
        await _sts.DisposeAsync();
    }

    private string Outcome => OutcomeOf(_sts.Requests.Select(Call), Keys(_ecs.Single));

    private static string OutcomeOf(IEnumerable<string> calls, string keys) => string.Join("; ", [.. calls, keys]);

    private static string Keys(CapturedRequest request)
    {
        var token = Signer.TokenOf(request) is { } given ? $"/{given}" : "";
        return $"{Signer.AccessKeyOf(request)}{token} {request.Authorization.Split('/')[2]}";
    }

    private static string Call(CapturedRequest request)
    {
        var form = request.Form;
        // Who says no name for the session gets one with the time in it.
        var more = s_optional
            .Where(name => form.TryGetValue(name, out var value) && (name != "RoleSessionName" || value == "me"))
            .Select(name => $" {name}={form[name]}");
        var by = request.Headers.ContainsKey("Authorization")
            ? $" by {Signer.AccessKeyOf(request)} in {request.Authorization.Split('/')[2]}"
            : "";
        return $"{form["Action"]} {form["RoleArn"]}{string.Concat(more)}{by}";
    }

    private Dictionary<string, string> VariablesIn(string home)
    {
        Dictionary<string, string> variables = new()
        {
            ["HOME"] = home,
            ["AWS_CONFIG_FILE"] = Path.Combine(home, "config"),
            ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(home, "credentials"),
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_ENDPOINT_URL_STS"] = _sts.Url,
            ["AWS_ENDPOINT_URL_SSO"] = _sts.Url,
        };
        foreach (var (name, value) in _vector.Variables)
        {
            variables[name] = value.Replace("{HOME}", home, StringComparison.Ordinal);
        }

        return variables;
    }

    private void WriteFiles(string home)
    {
        // A character beyond ASCII that stands alone is meant as a byte.
        var encoding = _vector.Config.Contains('\u00FF') ? Encoding.Latin1 : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        File.WriteAllText(Path.Combine(home, "config"), _vector.Config, encoding);
        File.WriteAllText(Path.Combine(home, "credentials"), _vector.Credentials, encoding);
        var usual = Directory.CreateDirectory(Path.Combine(home, ".aws"));
        File.WriteAllText(Path.Combine(usual.FullName, "config"), _vector.Config, encoding);
    }
}
