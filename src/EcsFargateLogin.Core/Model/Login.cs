using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>A session that is logged in to.</summary>
/// <param name="Session">The session.</param>
/// <param name="Cloud">How AWS is reached for it.</param>
/// <param name="IsKept">Whether it is left running afterwards.</param>
internal sealed record Login(FargateSession Session, IFargateCloud Cloud, bool IsKept);
