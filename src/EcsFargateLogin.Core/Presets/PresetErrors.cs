using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Presets;

/// <summary>Errors about presets.</summary>
internal static class PresetErrors
{
    private const string CorrectPresetFile =
        "Correct the file, or leave presets out with -NoPreset; Save-FargateSessionPreset writes such files.";

    internal static FargateException InvalidPresetFile(string file, int line, int column, string what) =>
        InvalidPreset(file, line, column, what, CorrectPresetFile);

    internal static FargateException SecretInPreset(string file, int line, int column, string key) => InvalidPreset(
        file,
        line,
        column,
        $"'{key}' is a secret, and no preset keeps one",
        "Take it out of the file, replace the secret where others may have read it, "
            + "and name a credential profile instead: ProfileName, in your own presets.");

    internal static FargateException NotForProjects(string file, int line, int column, string key) => InvalidPreset(
        file,
        line,
        column,
        $"'{key}' may not stand in a project's file, which may be somebody else's",
        "Check where the file comes from, or leave it out with -NoPreset; what is your own belongs into your own presets.");

    internal static FargateException NotForProjects(IReadOnlyList<string> keys) => new(
        FargateError.InvalidPreset,
        $"A project's file cannot hold {string.Join(", ", keys)}: others use it, and would not notice.",
        "Leave -Project out to keep it in your own presets.");

    internal static FargateException InvalidPresetName(string name) => new(
        FargateError.InvalidPreset,
        $"'{name}' is no name of a preset.",
        "Name it with up to 64 letters, digits and . _ - and begin with a letter or digit.")
    { Target = name };

    internal static FargateException EmptyPreset(string name) => new(
        FargateError.InvalidPreset,
        $"The preset '{name}' would hold nothing.",
        "Name the parameters of New-FargateSession that it is to hold, such as -TaskDefinition, -Cluster and -Subnet.")
    { Target = name };

    internal static FargateException PresetFileUntrusted(string file, string why) => new(
        FargateError.InvalidPreset,
        $"The file of presets '{file}' is not used: {why}.",
        "Check what it holds and where it comes from; correct it, delete it, or leave presets out with -NoPreset.")
    { Target = file };

    internal static FargateException PresetUnavailable(string file, Exception cause) => new(
        FargateError.PresetUnavailable,
        $"The file of presets '{file}' cannot be read or written: {ErrorText.ReasonOf(cause)}.",
        "Check its permissions and those of its folder, or leave presets out with -NoPreset.",
        cause)
    { Target = file };

    internal static FargateException PresetNotFound(string name, string? nearest, IReadOnlyList<string> names) => new(
        FargateError.PresetNotFound,
        nearest is not null ? $"There is no preset '{name}'; did you mean '{nearest}'?"
            : names.Count > 0 ? $"There is no preset '{name}' among {string.Join(", ", names)}."
            : $"There is no preset '{name}', nor any other.",
        "Get-FargateSessionPreset lists those that hold in this folder; Save-FargateSessionPreset makes one.")
    { Target = name };

    internal static FargateException PresetOfOtherFile(string name, string file, string elsewhere) => new(
        FargateError.PresetNotFound,
        $"There is no preset '{name}' in '{file}'; it is kept in '{elsewhere}'.",
        "With -Project the project's file is changed, and without it your own.")
    { Target = name };

    internal static FargateException MissingMandatoryParameter(IReadOnlyList<string> parameters) => new(
        FargateError.MissingMandatoryParameter,
        $"A session cannot be started without {string.Join(" and ", parameters)}.",
        $"Name {string.Join(" and ", parameters.Select(parameter => $"-{parameter}"))}; or a service that runs already, "
            + "-Service; or a preset that holds them, -Preset (Save-FargateSessionPreset makes one).");

    private static FargateException InvalidPreset(string file, int line, int column, string what, string nextStep) => new(
        FargateError.InvalidPreset,
        $"The file of presets '{file}' cannot be used. Line {line}, column {column}: {what}{(what.EndsWith('?') ? "" : ".")}",
        nextStep)
    { Target = file };
}
