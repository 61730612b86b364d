using static EcsFargateLogin.Tests.Profiles.ProfileVector;

namespace EcsFargateLogin.Tests.Profiles;

/// <summary>
/// Recorded results of the AWS CLI (1.45.11, and 2.9.19 agrees). <see cref="AwsCliOracleTests"/> compares them with the one on
/// this machine.
/// </summary>
internal static class ProfileVectors
{
    private const string It = "AKIDIT eu-west-3";
    private const string AssumedByBase = $"AssumeRole {Role} by AKIDBASE in eu-west-3; AKIDTEMPORARY/planted-token-temporary eu-west-3";

    private static readonly string s_keys = Keys("AKIDIT");
    private static readonly string s_profile = $"[profile it]\n{s_keys}";
    private static readonly string s_base = $"[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = {Secret}\n";
    private static readonly string s_role = $"[profile it]\nregion = eu-west-3\nrole_arn = {Role}\nsource_profile = base\n";

    internal static IEnumerable<ProfileVector> All => [.. Syntax, .. Names, .. Values, .. Files, .. Order, .. Roles, .. Sso];

    private static IEnumerable<ProfileVector> Syntax =>
    [
        new("plain", It) { Config = s_profile },
        new("comment behind a header", It) { Config = s_profile.Replace("]", "] ; retired") },
        new("hash comment behind a header", It) { Config = s_profile.Replace("]", "]# retired") },
        new("comment behind another header", It) { Config = $"[profile old] # gone\nregion = x\n{s_profile}" },
        new("anything behind a header", It) { Config = s_profile.Replace("]", "] what is this") },
        new("brackets in the comment behind a header", Complaint) { Config = s_profile.Replace("]", "] # [old]"), Milder = It },
        new("lines of comments", It) { Config = "# one\n; two\n" + s_profile.Replace("region", "  # three\n;four\nregion") },
        new("tabs and blanks around everything", It) { Config = s_profile.Replace(" = ", "\t =\t ").Replace("\n", " \t\n") },
        new("no blanks at all", It) { Config = s_profile.Replace(" = ", "=") },
        new("blanks within a header", It) { Config = s_profile.Replace("[profile it]", "[profile   it ]") },
        new("colons", It) { Config = s_profile.Replace(" = ", ": ") },
        new("line ends of Windows", It) { Config = s_profile.Replace("\n", "\r\n") },
        new("line ends of old", It) { Config = s_profile.Replace("\n", "\r") },
        new("no line end at the end", It) { Config = s_profile.TrimEnd() },
        new("byte order mark", Complaint) { Config = "\uFEFF" + s_profile, Milder = It },
        new("mixed case of keys", It) { Config = s_profile.Replace("aws_access_key_id", "AWS_Access_Key_ID").Replace("region", "Region") },
        new("all settings are indented", It) { Config = s_profile.Replace("\n", "\n   ") },
        new("a line that is indented by mistake", Complaint) { Config = s_profile.Replace("aws_secret", " aws_secret"), Named = "line 3" },
        new("nested settings", It) { Config = s_profile + "s3 =\n  max_concurrent_requests = 20\n\n  max_queue_size = 10\ncli_pager =\n" },
        new("a malformed nested setting that is not used", Complaint) { Config = s_profile + "s3 =\n  nonsense\n", Milder = It },
        new("unknown settings", It) { Config = s_profile + "toolkit_colour = blue\nx = y=z\n" },
        new("unknown sections", It) { Config = $"[toolkit]\ncli = x\n[preview]\na = b\n{s_profile}[profile]\n[services x]\n" },
        new("section DEFAULT holds for all", It) { Config = $"[DEFAULT]\nregion = eu-west-3\n{s_profile.Replace("region = eu-west-3", "")}" },
        new("a section twice", Complaint) { Config = $"{s_profile}[profile it]\noutput = json\n", Milder = It },
        new("a setting twice", Complaint) { Config = s_profile.Replace("region", "region = eu-west-1\nregion"), Milder = It },
        new("a line that is nothing in the profile", Complaint) { Config = s_profile + "nonsense\n", Named = "line 5" },
        new("a line that is nothing in another profile", Complaint) { Config = $"[profile other]\nnonsense\n{s_profile}", Milder = It },
        new("a line before all sections", Complaint) { Config = $"region = x\n{s_profile}", Named = "line 1" },
        new("a broken header", Complaint) { Config = $"[profile old\nregion = x\n{s_profile}", Named = "line 1" },
        new("a broken header behind the profile", Complaint) { Config = $"{s_profile}[profile old\n{Keys("AKIDOLD")}", Named = "line 5" },
        new("a setting without a name", Complaint) { Config = s_profile + "= x\n", Named = "line 5" },
        new("bytes that are no UTF-8", Complaint) { Config = "# \u00FF\n" + s_profile, Milder = It },
    ];

    private static IEnumerable<ProfileVector> Names =>
    [
        new("a name with a blank in quotes", It) { Profile = "my work", Config = s_profile.Replace("it]", "\"my work\"]") },
        new("a name with a blank without quotes", Complaint) { Profile = "my work", Config = s_profile.Replace("it]", "my work]"), Milder = It },
        new("a name in single quotes", It) { Profile = "my work", Config = s_profile.Replace("it]", "'my work']") },
        new("odd characters", It) { Profile = "a/b:c@d.e+f=g#h", Config = s_profile.Replace("it]", "a/b:c@d.e+f=g#h]") },
        new("a backslash", Complaint) { Profile = @"CORP\me", Config = s_profile.Replace("it]", @"CORP\me]"), Milder = It },
        new("an apostrophe", Complaint) { Profile = "jane's", Config = s_profile.Replace("it]", "jane's]"), Milder = It },
        new("letters of another script", It) { Profile = "größe", Config = s_profile.Replace("it]", "größe]") },
        new("other case", Complaint) { Profile = "IT", Config = s_profile, Named = "'IT'" },
        new("a name in the credentials file", It) { Credentials = $"[it]\n{s_keys}" },
        new("a name with a blank in the credentials file", It) { Profile = "my work", Credentials = $"[my work]\n{s_keys}" },
        new("a kind in the credentials file", Complaint) { Credentials = s_profile, Milder = It },
        new("no kind in the config file", Complaint) { Config = s_profile.Replace("profile ", ""), Named = "[profile it]" },
        new("default", It) { Profile = null, Config = s_profile.Replace("profile it", "default") },
        new("profile default", It) { Profile = null, Config = s_profile.Replace("profile it", "profile default") },
        new("default named", It) { Profile = "default", Config = s_profile.Replace("profile it", "default") },
        new("default after profile default", It)
        {
            Profile = null, Config = $"[profile default]\n{Keys("AKIDFIRST")}{s_profile.Replace("profile it", "default")}",
        },
        new("profile default after default", It)
        {
            Profile = null, Config = $"[default]\n{Keys("AKIDFIRST")}{s_profile.Replace("profile it", "profile default")}",
        },
        new("AWS_PROFILE", It) { Profile = null, Config = s_profile, Variables = new Dictionary<string, string> { ["AWS_PROFILE"] = "it" } },
        new("AWS_DEFAULT_PROFILE", It)
        {
            Profile = null, Config = s_profile, Variables = new Dictionary<string, string> { ["AWS_DEFAULT_PROFILE"] = "it" },
        },
        new("AWS_PROFILE of nobody", Complaint)
        {
            Profile = null, Config = s_profile.Replace("profile it", "default"), Named = "'nobody'",
            Variables = new Dictionary<string, string> { ["AWS_PROFILE"] = "nobody" },
        },
    ];

    private static IEnumerable<ProfileVector> Values =>
    [
        new("a comment behind the region", Complaint) { Config = s_profile.Replace("eu-west-3", "eu-west-3 # Paris"), Named = "'eu-west-3 # Paris'" },
        new("quotes around the region", Complaint) { Config = s_profile.Replace("eu-west-3", "\"eu-west-3\""), Named = "'\"eu-west-3\"'" },
        new("no region", Complaint) { Config = s_profile.Replace("region = eu-west-3", ""), Named = "region" },
        new("equals signs and colons in a value", "AKIDIT/a=b:c== eu-west-3") { Config = s_profile + "aws_session_token = a=b:c==\n" },
        new("the old name of the token", "AKIDIT/old eu-west-3") { Config = s_profile + "aws_security_token = old\n" },
        new("only the access key", Complaint) { Config = "[profile it]\nregion = eu-west-3\naws_access_key_id = A\n", Named = "aws_secret_access_key" },
        new("only the secret key", Complaint) { Config = "[profile it]\nregion = eu-west-3\naws_secret_access_key = S\n", Named = "aws_access_key_id" },
        new("keys in two files", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\naws_secret_access_key = S\n", Credentials = "[it]\naws_access_key_id = A\n",
            Named = "aws_secret_access_key",
        },
        new("the region of the credentials file wins", It) { Config = s_profile.Replace("eu-west-3", "eu-west-1"), Credentials = "[it]\nregion = eu-west-3\n" },
        new("the other file's token is not used", It)
        {
            Config = $"[profile it]\n{Keys("AKIDCONFIG")}aws_session_token = stale\n", Credentials = $"[it]\n{s_keys}",
        },
        new("retry_mode = legacy", It) { Config = s_profile + "retry_mode = legacy\nmax_attempts = 5\n", IsOfVersion1 = true },
        new("an unknown retry_mode", Complaint) { Config = s_profile + "retry_mode = eager\n", Named = "retry_mode" },
        new("max_attempts that is no number", Complaint) { Config = s_profile + "max_attempts = many\n", Named = "max_attempts" },
        new("switches that are not used", It) { Config = s_profile + "use_fips_endpoint = maybe\nuse_dualstack_endpoint = 1\ncli_follow_urlparam = no\n" },
        new("keys with leftovers beside them", It)
        {
            Config = s_profile + "mfa_serial = arn:aws:iam::123456789012:mfa/me\nsource_profile = old\nrole_session_name = me\n"
                + "external_id = x\nduration_seconds = 3600\ncredential_source = Environment\nsso_start_url = https://127.0.0.1\nsso_region = x\n",
        },
        new("an sso-session beside keys", It) { Config = s_profile + "sso_session = corp\n[sso-session corp]\nsso_start_url = https://127.0.0.1\nsso_region = x\n" },
        new("an sso-session that does not exist beside keys", Complaint) { Config = s_profile + "sso_session = gone\n", Milder = It },
        new("keys of one file and the region of the other", It)
        {
            Config = "[profile it]\nregion = eu-west-3\n", Credentials = $"[it]\n{s_keys.Replace("region = eu-west-3", "")}",
        },
        new("signs that mean something elsewhere", "AKIDIT/a#b;c%d%(e)s${f}\\g~ eu-west-3")
        {
            Config = s_profile + "aws_session_token = a#b;c%d%(e)s${f}\\g~\n",
        },
        new("a comment behind a token", "AKIDIT/t # mine eu-west-3") { Config = s_profile + "aws_session_token = t # mine\n" },
        new("a services section that does not exist and is not used", It) { Config = s_profile + "services = gone\n" },
    ];

    private static IEnumerable<ProfileVector> Files =>
    [
        new("paths with variables", It)
        {
            Config = s_profile,
            Variables = new Dictionary<string, string> { ["PLACE"] = "{HOME}", ["AWS_CONFIG_FILE"] = "${PLACE}/config" },
        },
        new("paths with ~", It) { Config = s_profile, Variables = new Dictionary<string, string> { ["AWS_CONFIG_FILE"] = "~/config" } },
        new("a folder in place of the config file", It)
        {
            Credentials = $"[it]\n{s_keys}", Variables = new Dictionary<string, string> { ["AWS_CONFIG_FILE"] = "{HOME}" },
        },
        new("a device in place of the config file", It)
        {
            Credentials = $"[it]\n{s_keys}", Variables = new Dictionary<string, string> { ["AWS_CONFIG_FILE"] = "/dev/null" },
        },
        new("a file that is not there", It)
        {
            Config = s_profile, Variables = new Dictionary<string, string> { ["AWS_SHARED_CREDENTIALS_FILE"] = "{HOME}/no/such" },
        },
        new("a folder in place of both", Complaint)
        {
            Variables = new Dictionary<string, string> { ["AWS_CONFIG_FILE"] = "{HOME}", ["AWS_SHARED_CREDENTIALS_FILE"] = "{HOME}" },
            Named = "is a folder",
        },
        new("the config file lies in the home folder wherever the other one is", It)
        {
            Config = s_profile,
            Variables = new Dictionary<string, string>
            {
                ["AWS_CONFIG_FILE"] = "", ["AWS_SHARED_CREDENTIALS_FILE"] = "{HOME}/elsewhere/credentials",
            },
        },
    ];

    private static IEnumerable<ProfileVector> Order =>
    [
        new("the credentials file before the config file", It)
        {
            Config = $"[profile it]\n{Keys("AKIDCONFIG")}", Credentials = $"[it]\n{s_keys}",
        },
        new("the credentials file before a process", It) { Config = "[profile it]\ncredential_process = false\n", Credentials = $"[it]\n{s_keys}" },
        new("a process before the config file's keys", "AKIDPROCESS eu-west-3")
        {
            Config = $"[profile it]\n{Keys("AKIDCONFIG")}credential_process = {Echo("AKIDPROCESS")}\n",
        },
        new("a process with words in quotes", "AKIDPROCESS eu-west-3")
        {
            Config = $"[profile it]\nregion = eu-west-3\ncredential_process = sh -c \"echo '{{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"AKIDPROCESS\\\", "
                + "\\\"SecretAccessKey\\\": \\\"x\\\"}' # not a comment\"\n",
        },
        new("a process on several lines", "AKIDPROCESS eu-west-3")
        {
            Config = $"[profile it]\nregion = eu-west-3\ncredential_process = {Echo("AKIDPROCESS").Replace("echo ", "echo\n   ")}\n",
        },
        new("a process is no line of a shell", Complaint)
        {
            Config = $"[profile it]\nregion = eu-west-3\ncredential_process = {Echo("AKIDPROCESS")} | cat\n", Named = "credential_process",
        },
        new("a process with an open quote", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\ncredential_process = echo \"x\n", Named = "quotation mark",
        },
        new("a process that is not there", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\ncredential_process = no-such-program-of-mine --x\n", Named = "no-such-program-of-mine",
        },
        new("keys of the environment before AWS_PROFILE", "AKIDENV eu-west-3")
        {
            Profile = null, Config = s_profile,
            Variables = new Dictionary<string, string>
            {
                ["AWS_PROFILE"] = "it", ["AWS_ACCESS_KEY_ID"] = "AKIDENV", ["AWS_SECRET_ACCESS_KEY"] = Secret,
            },
        },
        new("the old name of the environment's token", "AKIDENV/old eu-west-3")
        {
            Profile = null, Config = "[default]\nregion = eu-west-3\n",
            Variables = new Dictionary<string, string>
            {
                ["AWS_ACCESS_KEY_ID"] = "AKIDENV", ["AWS_SECRET_ACCESS_KEY"] = Secret, ["AWS_SECURITY_TOKEN"] = "old",
            },
        },
        new("a named profile before keys of the environment", It)
        {
            Config = s_profile,
            Variables = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDENV", ["AWS_SECRET_ACCESS_KEY"] = Secret },
        },
        new("a role of the profile before a web identity of the environment", AssumedByBase)
        {
            Profile = null, Config = s_role.Replace("profile it", "default"), Credentials = s_base,
            Variables = new Dictionary<string, string> { ["AWS_WEB_IDENTITY_TOKEN_FILE"] = "{HOME}/config", ["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/pod" },
        },
        new("a profile of nothing", Complaint) { Config = "[profile it]\nregion = eu-west-3\n", Named = "'it'" },
    ];

    private static IEnumerable<ProfileVector> Roles =>
    [
        new("a role of a profile", AssumedByBase) { Config = s_role, Credentials = s_base },
        new("a role of a profile with mfa_serial beside its keys", AssumedByBase)
        {
            Config = s_role + "[profile base]\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n", Credentials = s_base,
        },
        new("a role with everything", "AssumeRole arn:aws:iam::123456789012:role/operator ExternalId=x y DurationSeconds=900 "
            + "RoleSessionName=me by AKIDBASE in eu-west-3; AKIDTEMPORARY/planted-token-temporary eu-west-3")
        {
            Config = s_role + "external_id = x y\nduration_seconds = 900\nrole_session_name = me\n", Credentials = s_base,
        },
        new("a duration that is no number", AssumedByBase) { Config = s_role + "duration_seconds = long\n", Credentials = s_base },
        new("a role of its own keys", $"AssumeRole {Role} by AKIDIT in eu-west-3; AKIDTEMPORARY/planted-token-temporary eu-west-3")
        {
            Config = s_role.Replace("= base", "= it"), Credentials = $"[it]\naws_access_key_id = AKIDIT\naws_secret_access_key = {Secret}\n",
        },
        new("a role of itself without keys", Complaint) { Config = s_role.Replace("= base", "= it"), Named = "it → it" },
        new("roles in a chain", $"AssumeRole arn:aws:iam::123456789012:role/first by AKIDBASE in eu-west-3; "
            + $"AssumeRole {Role} by AKIDTEMPORARY in eu-west-3; AKIDTEMPORARY/planted-token-temporary eu-west-3")
        {
            Config = s_role.Replace("= base", "= first")
                + "[profile first]\nrole_arn = arn:aws:iam::123456789012:role/first\nsource_profile = base\n",
            Credentials = s_base,
        },
        new("roles in a circle", Complaint)
        {
            Config = s_role.Replace("= base", "= other") + $"[profile other]\nrole_arn = {Role}\nsource_profile = it\n", Named = "it → other → it",
        },
        new("a chain ends at a profile with keys of its own", AssumedByBase)
        {
            Config = s_role + $"[profile base]\nrole_arn = {Role}\nsource_profile = gone\n", Credentials = s_base,
        },
        new("a source that does not exist", Complaint) { Config = s_role, Named = "'base'" },
        new("a source of nothing", Complaint) { Config = s_role + "[profile base]\nregion = x\n", Named = "'base'" },
        new("a source that runs a process", $"AssumeRole {Role} by AKIDPROCESS in eu-west-3; AKIDTEMPORARY/planted-token-temporary eu-west-3")
        {
            Config = $"{s_role}[profile base]\ncredential_process = {Echo("AKIDPROCESS")}\n",
        },
        new("a role without a source", Complaint) { Config = s_role.Replace("source_profile = base", ""), Named = "source_profile" },
        new("a role with keys and without a source", Complaint) { Config = s_role.Replace("source_profile = base\n", "") + s_keys.Replace("region", "x"), Named = "source_profile" },
        new("a role with two sources", Complaint) { Config = s_role + "credential_source = Environment\n", Credentials = s_base, Named = "credential_source" },
        new("a role of the environment", $"AssumeRole {Role} by AKIDENV in eu-west-3; AKIDTEMPORARY/planted-token-temporary eu-west-3")
        {
            Config = s_role.Replace("source_profile = base", "credential_source = Environment"),
            Variables = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDENV", ["AWS_SECRET_ACCESS_KEY"] = Secret },
        },
        new("a role of an environment without keys", Complaint)
        {
            Config = s_role.Replace("source_profile = base", "credential_source = Environment"), Named = "credential_source",
        },
        new("a role of a place that is none", Complaint) { Config = s_role.Replace("source_profile = base", "credential_source = Nowhere"), Named = "'Nowhere'" },
        new("a web identity", $"AssumeRoleWithWebIdentity {Role} RoleSessionName=me; AKIDTEMPORARY/planted-token-temporary eu-west-3")
        {
            Config = $"[profile it]\nregion = eu-west-3\nrole_arn = {Role}\nweb_identity_token_file = /proc/version\nrole_session_name = me\nsource_profile = gone\n",
        },
        new("a web identity without a role", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\nweb_identity_token_file = /proc/version\n", Named = "role_arn",
        },
        new("a web identity without its file", Complaint)
        {
            Config = $"[profile it]\nregion = eu-west-3\nrole_arn = {Role}\nweb_identity_token_file = /no/such/token\n", Named = "/no/such/token",
        },
    ];

    private static IEnumerable<ProfileVector> Sso =>
    [
        new("an sso-session that does not exist", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n", Named = "'corp'",
        },
        new("an sso-session without a region", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n[sso-session corp]\nsso_start_url = https://127.0.0.1\n",
            Named = "sso_region",
        },
        new("SSO without a role", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\nsso_start_url = https://127.0.0.1\nsso_region = x\nsso_account_id = 1\n", Named = "sso_role_name",
        },
        new("SSO that contradicts its session", Complaint)
        {
            Config = "[profile it]\nregion = eu-west-3\nsso_session = corp\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\n"
                + "[sso-session corp]\nsso_start_url = https://127.0.0.1\nsso_region = eu-west-3\n",
            Named = "sso_region",
        },
        new("SSO without a login before keys", Complaint)
        {
            Config = $"{s_profile}sso_session = my corp\nsso_account_id = 1\nsso_role_name = r\n"
                + "[sso-session \"my corp\"]\nsso_start_url = https://127.0.0.1\nsso_region = eu-west-3\n",
            Named = "aws sso login",
        },
        new("aws login", Complaint) { Config = "[profile it]\nregion = eu-west-3\nlogin_session = arn:aws:iam::1:user/x\n", Named = "export-credentials" },
    ];

    private static string Echo(string accessKey) =>
        $"echo '{{\"Version\": 1, \"AccessKeyId\": \"{accessKey}\", \"SecretAccessKey\": \"x\"}}'";
}
