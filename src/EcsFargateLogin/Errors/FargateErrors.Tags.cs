namespace EcsFargateLogin;

// Errors about the tags of tasks.
internal static partial class FargateErrors
{
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
