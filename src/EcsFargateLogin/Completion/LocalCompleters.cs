using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>Completes the names of credential profiles, from this machine's files.</summary>
internal sealed class ProfileNameCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        FargateCloud.Connector.ProfileNames(new CloudSettings { ProfileLocation = command.Location() })
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => new Candidate(name));
}

/// <summary>Completes the names of the presets that hold in the current folder.</summary>
internal sealed class PresetCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        TypedCommand.Presets().ReadAll().Select(preset => new Candidate(preset.Name)
        {
            Description = string.Join(", ", preset.Parameter.Keys),
        });
}

/// <summary>Completes the regions that the SDK knows.</summary>
internal sealed class RegionCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        FargateCloud.Connector.Regions()
            .OrderBy(region => region.SystemName, StringComparer.Ordinal)
            .Select(region => new Candidate(region.SystemName) { Description = region.DisplayName });
}
