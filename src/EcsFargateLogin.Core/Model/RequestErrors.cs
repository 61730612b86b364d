namespace EcsFargateLogin.Model;

/// <summary>Errors about what a session is asked to start with.</summary>
internal static class RequestErrors
{
    internal static FargateException ReservedVariable(string name) => new(
        FargateError.InvalidEnvironmentVariable,
        $"The environment variable '{name}' cannot be set: it is among the names that begin with '_' and are kept for the "
        + "container's SSH server.",
        "Give it another name, or use the parameter that stands for it (-Port, -UserName, -MaxLifetime).")
    { Target = name };

    internal static FargateException MalformedVariable(string name, string why) => new(
        FargateError.InvalidEnvironmentVariable,
        $"The environment variable '{name}' cannot be set: {why}.",
        "Correct it in -EnvironmentVariable, which takes a hashtable such as @{ RAILS_ENV = 'production' }.")
    { Target = name };

    internal static FargateException InvalidTag(string key, string why) => new(
        FargateError.InvalidTag,
        $"The tag '{key}' cannot be set: {why}.",
        "Keys and values of tags hold letters, digits, spaces and _ . : / = + - @; change -Tag or -Reason.")
    { Target = key };

    internal static FargateException TooManyTags(int count, int limit) => new(
        FargateError.InvalidTag,
        $"A task cannot have {count} tags: AWS takes {limit}, and -Reason takes two of them.",
        "Leave some out of -Tag.");
}
