//! Wishes (önskemål): larger purchases and trips asked for before they are made. Owns what such a wish may say and the
//! limits it is held to, its two tables, and how it is shown. It never decides one: that is `decision`'s.

mod new;
mod rows;
mod start;
mod view;

pub use new::{NewAbroad, NewPurchase, NewPurchaseRequest, NewTravel, NewTravelRequest};
pub(in crate::errand) use view::WishView;
pub use view::{AbroadView, PurchaseView, TravelView};

crate::closed_list! {
    /// What is to be bought.
    ItemCategory {
        Bicycle = "bicycle",
        Moped = "moped",
        MobilePhone = "mobile_phone",
        Computer = "computer",
        Glasses = "glasses",
        LeisureEquipment = "leisure_equipment",
        LeisureFee = "leisure_fee",
        /// Furniture beyond the base cost.
        Furniture = "furniture",
        ChildEquipment = "child_equipment",
        PlacementStart = "placement_start",
        SpecialDiet = "special_diet",
        DentalCare = "dental_care",
        Other = "other",
    }
}

crate::closed_list! {
    /// Who is to pay in the shop.
    Payer {
        /// The home lays the money out and hands in the receipt.
        Home = "home",
        /// The municipality, by requisition and invoice.
        Invoice = "invoice",
    }
}

crate::closed_list! {
    /// What else may cover the cost.
    OtherCover {
        None = "none",
        Insurance = "insurance",
        /// Högkostnadsskydd.
        HighCostProtection = "high_cost_protection",
        /// The child's own assets.
        OwnAssets = "own_assets",
        SchoolOrRegion = "school_or_region",
    }
}

crate::closed_list! {
    /// What a trip is for.
    TravelPurpose {
        /// Umgängesresa.
        ContactVisit = "contact_visit",
        Care = "care",
        School = "school",
        Meeting = "meeting",
        Leisure = "leisure",
        Holiday = "holiday",
        Abroad = "abroad",
        Other = "other",
    }
}

crate::closed_list! {
    /// Whether one trip is asked for, or the same trip again and again.
    ApprovalMode {
        /// Förhandsgodkännande.
        Advance = "advance",
        /// Stående: from one day to another, at most twelve months.
        Standing = "standing",
    }
}

crate::closed_list! {
    /// How one travels.
    TravelMode {
        OwnCar = "own_car",
        PublicTransport = "public_transport",
        Train = "train",
        Taxi = "taxi",
        Flight = "flight",
        Other = "other",
    }
}

crate::closed_list! {
    /// Whether the guardian agrees to a trip abroad.
    GuardianConsent {
        Awaiting = "awaiting",
        Given = "given",
        NotNeeded = "not_needed",
    }
}

#[cfg(test)]
mod tests;
