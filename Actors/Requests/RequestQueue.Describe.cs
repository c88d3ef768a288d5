using ScsiActors.Messages;

namespace ScsiActors.Requests;

// What it holds, for people.
public sealed partial class RequestQueue<TClient>
{
    /// <summary>The requests that storage has and those that wait for a place there; reads only.</summary>
    public IReadOnlyList<StateTable> Describe()
    {
        var rows = new List<IReadOnlyList<string>>();
        for (var i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].Stage == Stage.InFlight)
                rows.Add([$"{i}.{_slots[i].Generation}", "", "in storage"]);
        }
        for (var i = _first; i != None; i = _slots[i].Next)
            rows.Add([$"{i}.{_slots[i].Generation}", _slots[i].Request!.GetType().Name, "queued"]);
        return [new StateTable("requests", ["request", "what", "where"], rows), new StateTable("queue", ["storage", "in flight", "queued"], [[$"{_storage}", $"{InFlight}", $"{Queued}"]])];
    }
}
