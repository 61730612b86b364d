using System.Collections;
using System.Globalization;
using System.Text;

namespace EcsFargateLogin.Model;

/// <summary>The tags of a session's task: those of the user, and those for its user and reason.</summary>
internal static class SessionTags
{
    /// <summary>The reason why the session was started.</summary>
    public const string ReasonKey = Prefix + "reason";

    /// <summary>The local user and machine that started it. CloudTrail has the principal.</summary>
    public const string UserKey = Prefix + "user";

    private const string Prefix = "ecs-fargate-login:";
    private const string AwsPrefix = "aws:";
    private const int MostTags = 50;
    private const int LongestKey = 128;
    private const int LongestValue = 256;

    /// <summary>The characters that AWS accepts besides letters, digits and separators such as the space.</summary>
    private const string Signs = "_.:/=+-@";

    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>Validates the user's tags by AWS's rules, and adds the module's own where a reason is given.</summary>
    /// <param name="reason">The reason for the session, or null.</param>
    /// <param name="tags">The user's tags, or null.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidTag"/>.</exception>
    public static IReadOnlyDictionary<string, string> Of(string? reason, IDictionary? tags)
    {
        Dictionary<string, string> result = new(StringComparer.Ordinal);
        foreach (DictionaryEntry tag in tags ?? new Hashtable())
        {
            var key = Convert.ToString(tag.Key, CultureInfo.InvariantCulture) ?? "";
            CheckKey(key);
            result[key] = tag.Value is ICollection
                ? throw RequestErrors.InvalidTag(key, "its value is a list")
                : CheckedValue(key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
        }

        if (reason is not null)
        {
            result[ReasonKey] = CheckedValue(ReasonKey, reason);
            result[UserKey] = LocalUser();
        }

        return result.Count <= MostTags ? result : throw RequestErrors.TooManyTags(result.Count, MostTags);
    }

    /// <summary>Returns the local user and machine, with '_' for characters that tags cannot contain.</summary>
    public static string LocalUser()
    {
        StringBuilder text = new();
        foreach (var rune in $"{Environment.UserName}@{Environment.MachineName}".EnumerateRunes().Take(LongestValue))
        {
            text.Append(IsAllowed(rune) ? rune.ToString() : "_");
        }

        return text.ToString();
    }

    private static void CheckKey(string key)
    {
        if (key.StartsWith(AwsPrefix, StringComparison.OrdinalIgnoreCase))
        {
            throw RequestErrors.InvalidTag(key, $"keys that begin with '{AwsPrefix}' are AWS's own");
        }

        if (key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw RequestErrors.InvalidTag(key, $"keys that begin with '{Prefix}' are this module's own; -Reason sets them");
        }

        if (key.Length == 0 || LengthOf(key) > LongestKey)
        {
            throw RequestErrors.InvalidTag(key, $"a key has 1 to {LongestKey} characters, and this one has {LengthOf(key)}");
        }

        CheckCharacters(key, key, "its key");
    }

    private static string CheckedValue(string key, string value)
    {
        if (LengthOf(value) > LongestValue)
        {
            throw RequestErrors.InvalidTag(
                key, $"a value has at most {LongestValue} characters, and this one has {LengthOf(value)}");
        }

        CheckCharacters(key, value, "its value");
        return value;
    }

    private static void CheckCharacters(string key, string text, string where)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsAllowed(rune))
            {
                var shown = Rune.IsControl(rune) ? $"U+{rune.Value:X4}" : $"'{rune}'";
                throw RequestErrors.InvalidTag(key, $"{where} holds {shown}");
            }
        }
    }

    private static bool IsAllowed(Rune rune) =>
        Rune.IsLetter(rune) || Rune.IsNumber(rune) || Rune.IsSeparator(rune)
        || (rune.IsAscii && Signs.Contains((char)rune.Value));

    private static int LengthOf(string text) => text.EnumerateRunes().Count();
}
